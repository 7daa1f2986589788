"""What a Transformer is made of, in one frozen record that refuses what makes no sense."""

from __future__ import annotations

from dataclasses import dataclass

POSITIONS = ("sinusoidal", "learned", "rotary", "none")
NORMS = ("layer", "rms")
ACTIVATIONS = ("relu", "gelu", "squared relu", "swiglu")


@dataclass(frozen=True)
class TransformerConfig:
    """The switches of a model. All of it is plain JSON, so that a checkpoint can carry it.

    d_ff: width inside the feed-forward; None: 4 d_model, for "swiglu", which has three matrices
    in place of two, 8/3 d_model. n_kept: keys and values are made for so many heads, each shared
    by n_heads / n_kept heads of queries (None: n_heads). max_len: how long a text may be; None:
    any length, which learned positions cannot. causal: no token sees a later one (decoder); False
    sees all (encoder). window: a token sees the last `window` tokens only, itself the last.
    pre_norm: the norm stands before each part and once at the end; False: after each sum, as in
    2017. bias: in all linear maps and LayerNorms. tied: the rows of the embedding are also the
    output matrix. scale_embeddings: rows times sqrt(d_model), as in 2017. dropout: on the sum of
    rows and positions, on attention weights, and on what each part adds.

    Raises ValueError for settings that do not go together; the message names both.
    """

    vocab_size: int
    d_model: int = 64
    n_heads: int = 4
    n_layers: int = 2
    d_ff: int | None = None
    n_kept: int | None = None
    max_len: int | None = 128
    causal: bool = True
    window: int | None = None
    positions: str = "rotary"
    norm: str = "layer"
    pre_norm: bool = True
    activation: str = "gelu"
    bias: bool = True
    tied: bool = True
    scale_embeddings: bool = False
    dropout: float = 0.0

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_names()
        if self.d_model % self.n_heads:
            raise ValueError(f"d_model={self.d_model} cannot be cut into n_heads={self.n_heads} "
                             "equal parts: take a width that is a multiple of the heads")
        if self.n_heads % self.kept_heads:
            raise ValueError(f"n_heads={self.n_heads} cannot share n_kept={self.n_kept} keys "
                             "evenly: take a number of heads that is a multiple of n_kept")
        if self.positions == "rotary" and self.d_head % 2:
            raise ValueError(f"positions='rotary' turns pairs of numbers, and d_model / n_heads = "
                             f"{self.d_model} / {self.n_heads} = {self.d_head} is odd: take an "
                             "even width for each head, or other positions")
        if self.positions == "learned" and self.max_len is None:
            raise ValueError("positions='learned' has a row per place, and max_len=None says that "
                             "there is no last one: give max_len a number")
        if self.window is not None and not self.causal:
            raise ValueError(f"window={self.window} looks back, and causal=False looks both ways: "
                             "leave one of the two out")
        if self.window is not None and self.max_len is not None and self.window > self.max_len:
            raise ValueError(f"window={self.window} is longer than a text may be, max_len="
                             f"{self.max_len}: it would hide nothing")

    @property
    def d_head(self) -> int:
        """The width of one head."""
        return self.d_model // self.n_heads

    @property
    def kept_heads(self) -> int:
        """For how many heads keys and values are made, and kept."""
        return self.n_heads if self.n_kept is None else self.n_kept

    @property
    def ff_width(self) -> int:
        """The width inside the feed-forward."""
        if self.d_ff is not None:
            return self.d_ff
        return 8 * self.d_model // 3 if self.activation == "swiglu" else 4 * self.d_model

    def _check_numbers(self) -> None:
        least = {"vocab_size": 2, "d_model": 1, "n_heads": 1, "n_layers": 1, "d_ff": 1,
                 "n_kept": 1, "max_len": 1, "window": 1}
        for name, smallest in least.items():
            value = getattr(self, name)
            if value is None and name in ("d_ff", "n_kept", "max_len", "window"):
                continue
            if type(value) is not int or value < smallest:
                raise ValueError(f"{name}={value!r}: it must be a whole number, {smallest} or more")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout={self.dropout}: a share from 0 up to, but not, 1")

    def _check_names(self) -> None:
        for name, known in (("positions", POSITIONS), ("norm", NORMS),
                            ("activation", ACTIVATIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}={getattr(self, name)!r}: there are "
                                 f"{', '.join(map(repr, known))}")
        for name in ("causal", "pre_norm", "bias", "tied", "scale_embeddings"):
            if type(getattr(self, name)) is not bool:
                raise ValueError(f"{name}={getattr(self, name)!r}: it is True or False")


# Three recipes, each a few switches apart: TransformerConfig(vocab_size, **RECIPES["2017"]).
RECIPES = {
    "2017": {"positions": "sinusoidal", "norm": "layer", "pre_norm": False, "activation": "relu",
             "bias": True, "scale_embeddings": True},               # Vaswani et al.
    "2019": {"positions": "learned", "norm": "layer", "pre_norm": True, "activation": "gelu",
             "bias": True, "scale_embeddings": False},              # Radford et al., GPT-2
    "today": {"positions": "rotary", "norm": "rms", "pre_norm": True, "activation": "swiglu",
              "bias": False, "scale_embeddings": False},            # Touvron et al. 2023, Llama
}
