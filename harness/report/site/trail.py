"""The style and scripts that the pages of a site share, and the links above each."""

from collections.abc import Sequence

from markupsafe import Markup

from harness.report.html.assets import Assets, security_policy


def site_assets(root: str, scripts: Sequence[str] = ()) -> Assets:
    """Return the style and scripts of a page that stands at this distance from the site's root."""
    elements = Markup("").join(
        Markup('<script src="{}" defer></script>').format(f"{root}assets/{name}") for name in scripts
    )
    trail = Markup(
        '<p class="trail"><a href="{0}index.html">loopcmp</a> · '
        '<a href="{0}which-loop.html">Should my service move?</a> · '
        '<a href="{0}leaderboard.html">Ranks</a> · '
        '<a href="{0}method.html">How good is the method</a></p>'
    )
    return Assets(
        policy=security_policy("'self'", "'self' 'unsafe-inline'"),
        style=Markup('<link rel="stylesheet" href="{}assets/style.css">').format(root),
        scripts=elements,
        trail=trail.format(root),
    )
