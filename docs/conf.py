"""Settings for Sphinx: `make docs` builds these pages, with every warning an error and without a network."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # for docs.reference_pages

project = "loopcmp"
author = "the authors of loopcmp"
release = version = version_of("loopcmp")

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.reference_pages"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3  # a link may name a heading, as on GitHub

default_role = "code"  # docstrings put names in single backticks
smartquotes = False  # `--env` in a sentence is typed with two hyphens
add_module_names = False
autodoc_preserve_defaults = True  # a default as it is written: its repr may be no Python
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 76
toc_object_entries_show_parents = "hide"

html_theme = "furo"  # brings its own assets: a page asks no other server for anything
html_title = "loopcmp"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
