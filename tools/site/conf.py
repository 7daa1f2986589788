"""How Sphinx makes the site: nothing is executed, nothing comes from elsewhere."""

from docutils import nodes
from site_math import mathml

project = "From perplexity to pretraining"
extensions = ["myst_nb"]
root_doc = "index"
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_js_files = [("questions.js", {"defer": "defer"}), ("site.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False        # it would fetch pages, which a page from disk may not
html_context = {"default_mode": "auto"}
html_theme_options = {
    "home_page_in_toc": True, "show_toc_level": 1, "navbar_persistent": [],
    "footer_content_items": ["extra-footer"],
    "extra_footer": "Code: MIT. Text, figures and data: CC BY 4.0.",
    "use_download_button": False, "use_fullscreen_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def inline(self, node: nodes.math) -> None:
    """A formula within a line."""
    self.body.append(f'<span class="formula">{mathml(node.astext(), block=False)}</span>')
    raise nodes.SkipNode


def display(self, node: nodes.math_block) -> None:
    """A formula on a line of its own, which moves sideways alone where it is too wide."""
    self.body.append(f'<div class="formula">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def setup(app) -> None:
    """Tell Sphinx of the formulas."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
