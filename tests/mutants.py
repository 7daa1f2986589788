"""Wrong answers made by machine: one node of the source of a right one is replaced at a time.

Nothing here knows the checks, which the mutants are to judge.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PASSES = 3_000  # of loops in one call: a mutant that needs more never ends
SWAPS = {  # names of functions and methods, each with others that are taken for it
    "min": ["max"], "max": ["min"], "any": ["all"], "all": ["any"], "sum": ["max", "len"],
    "log": ["log2", "log10", "exp"], "log2": ["log", "log10"], "exp": ["exp2", "log"],
    "sqrt": ["square", "exp"], "tanh": ["sin", "arctan"], "zeros": ["ones"],
    "zeros_like": ["ones_like"], "normal": ["random", "standard_cauchy"], "lower": ["upper"],
    "items": ["keys"], "values": ["keys"], "index": ["rindex", "count"], "append": ["extend"],
    "outer": ["multiply", "dot"], "split": ["strip"], "add": ["discard"],
    "ValueError": ["TypeError"],
}  # fmt: skip
OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult], ast.Sub: [ast.Add, ast.Mult], ast.Mult: [ast.Add, ast.Div],
    ast.Div: [ast.Mult, ast.FloorDiv, ast.Sub], ast.FloorDiv: [ast.Div], ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult, ast.Add], ast.MatMult: [ast.Mult], ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
ORDER = [ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq]
INTO_ITSELF = re.compile(r"\b(\w+)\.(append|add|extend)\(\1\)")  # grows without end
COMPARISONS = [ORDER, [ast.In, ast.NotIn], [ast.Is, ast.IsNot]]


class TooLong(Exception):
    """A mutant went through its loops more than PASSES times."""


@dataclass(frozen=True)
class Mutant:
    """name: what was changed. make: a function without memory, as if it had just been defined."""

    name: str
    make: Callable[[], Callable]


def rewritten(function: Callable) -> list[Mutant]:
    """The mutants of a function, each new source once."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    bare(tree.body[0])
    names = locals_of(tree)
    seen, found = {ast.unparse(tree)}, []
    for holder, key, node in list(places(tree)):
        for new in variants(node, names):
            old = ast.unparse(node)
            put(holder, key, new)
            source = ast.unparse(ast.fix_missing_locations(tree))
            put(holder, key, node)
            if source not in seen and not INTO_ITSELF.search(source):
                seen.add(source)
                line = getattr(node, "target", node).lineno  # a comprehension has none of its own
                name = f"line {line}: {old} -> {ast.unparse(new)}".replace("\n", "; ")
                found.append(Mutant(name, compiled(source, function)))
    return found


def bare(definition: ast.FunctionDef) -> None:
    """Take off what does nothing: docstring, annotations, decorators."""
    definition.decorator_list, definition.returns = [], None
    for argument in ast.walk(definition.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    if ast.get_docstring(definition) is not None:
        del definition.body[0]


def places(tree: ast.AST) -> Iterator[tuple[object, object, ast.AST]]:
    """(holder, key, node) of all that may be replaced; what stands in a message may not."""
    waiting = [tree.body[0]]
    while waiting:
        parent = waiting.pop(0)
        for field, value in ast.iter_fields(parent):
            entries = enumerate(value) if isinstance(value, list) else [(None, value)]
            for i, node in entries:
                if isinstance(node, (ast.expr, ast.stmt, ast.comprehension)):
                    yield (parent, field, node) if i is None else (value, i, node)
                if isinstance(node, ast.AST) and not isinstance(node, (ast.Raise, ast.JoinedStr)):
                    waiting.append(node)


def put(holder: object, key: object, node: ast.AST) -> None:
    """Set a field of a node, or a place of a list."""
    if isinstance(holder, list):
        holder[key] = node
    else:
        setattr(holder, key, node)


def locals_of(tree: ast.AST) -> list[str]:
    """Names of arguments and of what is assigned."""
    names = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
    names += [node.id for node in ast.walk(tree)
              if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return [name for name in dict.fromkeys(names) if name != "_"]


def compiled(source: str, function: Callable) -> Callable[[], Callable]:
    """A maker of the function of this source, whose loops are counted."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.While)):
            node.body.insert(0, ast.parse("_count()").body[0])
    code = compile(ast.fix_missing_locations(tree), "<mutant>", "exec")

    def make() -> Callable:
        passes = [0]

        def count() -> None:
            passes[0] += 1
            if passes[0] > PASSES:
                raise TooLong

        space = {**function.__globals__, "_count": count}
        exec(code, space)
        mutant = space[function.__name__]

        def counted(*arguments):
            passes[0] = 0
            return mutant(*arguments)
        return counted
    return make


def variants(node: ast.AST, names: list[str]) -> Iterator[ast.AST]:
    """What may stand in place of a node; a variable, for one, may be taken for another."""
    kind = next((k for k in type(node).__mro__ if k in BY_KIND), None)
    if kind is not None:
        yield from BY_KIND[kind](node)
    if isinstance(node, ast.stmt):
        yield ast.Pass()
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(name, ast.Load()) for name in names if name != node.id)
    yield from misnamed(node)


def misnamed(node: ast.AST) -> Iterator[ast.AST]:
    """min for max, log2 for log."""
    if isinstance(node, ast.Name):
        yield from (ast.Name(name, node.ctx) for name in SWAPS.get(node.id, []))
    elif isinstance(node, ast.Attribute):
        yield from (ast.Attribute(node.value, name, node.ctx) for name in SWAPS.get(node.attr, []))


def shifted(node: ast.expr) -> list[ast.expr]:
    """node + 1, node - 1."""
    return [ast.BinOp(node, operator, ast.Constant(1)) for operator in (ast.Add(), ast.Sub())]


def swapped(values: list) -> Iterator[list]:
    """The list with two neighbours changed over."""
    for i in range(len(values) - 1):
        yield [*values[:i], values[i + 1], values[i], *values[i + 2:]]


def without(values: list) -> Iterator[list]:
    """The list without one of its entries."""
    for i in range(len(values)):
        yield values[:i] + values[i + 1:]


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        others = (value + 1, value - 1, 0, 1, 2 * value, -value, value / 2, value + 1e-3)
        yield from (ast.Constant(other) for other in others if other != value)
    elif isinstance(value, str):
        yield from map(ast.Constant, ("", value + "x", value[::-1]))


def _binary(node: ast.BinOp) -> Iterator[ast.AST]:
    for operator in OPERATORS.get(type(node.op), []):
        yield ast.BinOp(node.left, operator(), node.right)
    yield from (node.left, node.right)
    if not isinstance(node.op, (ast.Add, ast.Mult)):
        yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node.op, ast.MatMult):
        for left, right in ((_turned(node.left), node.right), (node.left, _turned(node.right))):
            yield ast.BinOp(left, node.op, right)


def _turned(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    sides = [node.left, *node.comparators]
    for i, operator in enumerate(node.ops):
        group = next(group for group in COMPARISONS if type(operator) in group)
        for other in (kind() for kind in group if kind is not type(operator)):
            yield ast.Compare(node.left, [*node.ops[:i], other, *node.ops[i + 1:]],
                              node.comparators)
        if len(node.ops) > 1:
            yield ast.Compare(sides[i], [operator], [sides[i + 1]])
    yield ast.UnaryOp(ast.Not(), node)


def _boolean(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield from (ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
                for rest in without(node.values))
    yield ast.UnaryOp(ast.Not(), node)


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _call(node: ast.Call) -> Iterator[ast.AST]:
    """Not called at all, arguments changed over or left out, ends of a range moved."""
    if node.args:
        yield node.args[0]
    if isinstance(node.func, ast.Attribute):
        yield node.func.value
    for arguments in (*swapped(node.args), *without(node.args)):
        yield ast.Call(node.func, arguments, node.keywords)
    for keywords in without(node.keywords):
        yield ast.Call(node.func, node.args, keywords)
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        for i, end in enumerate(node.args):
            for moved in shifted(end):
                yield ast.Call(node.func, [*node.args[:i], moved, *node.args[i + 1:]], [])
        if len(node.args) == 1:
            yield ast.Call(node.func, [ast.Constant(1), *node.args], [])


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for lower in [*(shifted(node.lower) if node.lower else [ast.Constant(1)]), None]:
        yield ast.Slice(lower, node.upper, node.step)
    for upper in [*(shifted(node.upper) if node.upper else [ast.Constant(-1)]), None]:
        yield ast.Slice(node.lower, upper, node.step)
    yield ast.Slice(node.lower, node.upper, None if node.step else ast.Constant(-1))


def _subscript(node: ast.Subscript) -> Iterator[ast.AST]:
    if not isinstance(node.slice, (ast.Slice, ast.Constant, ast.Tuple)):
        yield from (ast.Subscript(node.value, place, node.ctx) for place in shifted(node.slice))
    if isinstance(node.ctx, ast.Load):
        yield node.value


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value


def _choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield from (node.body, node.orelse, ast.IfExp(node.test, node.orelse, node.body))


def _branch(node: ast.If | ast.While) -> Iterator[ast.AST]:
    for test in (ast.Constant(True), ast.Constant(False), ast.UnaryOp(ast.Not(), node.test)):
        yield type(node)(test, node.body, node.orelse)


def _loop(node: ast.comprehension) -> Iterator[ast.AST]:
    filters = [ast.UnaryOp(ast.Not(), test) for test in node.ifs]
    for ifs in [*without(node.ifs), *([filters] if filters else [])]:
        yield ast.comprehension(node.target, node.iter, ifs, 0)


def _row(node: ast.Tuple | ast.List) -> Iterator[ast.AST]:
    yield from (type(node)(elements, node.ctx) for elements in swapped(node.elts))
    if isinstance(node.ctx, ast.Load):
        yield from (type(node)(elements, node.ctx) for elements in without(node.elts))


def _assign(node: ast.Assign) -> Iterator[ast.AST]:
    if len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
        yield ast.AugAssign(node.targets[0], ast.Add(), node.value)


def _added(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Assign([node.target], node.value)
    for operator in OPERATORS.get(type(node.op), []):
        yield ast.AugAssign(node.target, operator(), node.value)


def _return(node: ast.Return) -> Iterator[ast.AST]:
    for value in (None, ast.UnaryOp(ast.USub(), node.value), *shifted(node.value)[:1]):
        yield ast.Return(value)


BY_KIND = {
    ast.Constant: _constant, ast.BinOp: _binary, ast.Compare: _compare, ast.BoolOp: _boolean,
    ast.UnaryOp: _unary, ast.Call: _call, ast.Slice: _slice, ast.Subscript: _subscript,
    ast.Attribute: _attribute, ast.IfExp: _choice, ast.If: _branch, ast.While: _branch,
    ast.comprehension: _loop, ast.Tuple: _row, ast.List: _row, ast.Assign: _assign,
    ast.AugAssign: _added, ast.Return: _return,
}

