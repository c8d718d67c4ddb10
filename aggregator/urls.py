"""Web addresses: one spelling for each, and the parts that matter. Pure; nothing here ever raises.

Sources: RFC 3986 (normalisation, section 6.2.2), RFC 3492 and 3490 (international host names), and the
WHATWG URL standard where browsers are more forgiving (blanks, tabs, backslashes).
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote, urljoin

# Addresses that are canonical as they stand, which is most of them: no port, query, escape or dot segment.
_PLAIN = re.compile(r"https?://(?=[a-z0-9.-]{4,253}/)(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}/[\w~/.-]*", re.A)
# The host of most addresses.
_PLAIN_HOST = re.compile(
    r"https?://(?=[a-z0-9.-]{4,253}(?:[/?#]|\Z))((?:[a-z0-9-]{1,63}\.)+[a-z]{2,63})(?=[/?#]|\Z)"
)
_PARTS = re.compile(r"(https?):[/\\]{2}([^/\\?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.I | re.S)
_AUTHORITY = re.compile(r"(\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]{2})([^/\\?#]*)(.*)", re.I | re.S)
_LABEL_DOTS = re.compile("[.。．｡]")
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_PORT = re.compile(r"(?::([0-9]*))?")
_EDGES = "".join(map(chr, range(0x21)))
_UNWANTED = re.compile(r"[\x00-\x1f\x7f]+")
_ESCAPE_OR_ILLEGAL = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Valid since IDNA 2008, but mapped to another name by the 2003 rules of the standard library.
_DEVIATIONS = frozenset("ßẞς\u200c\u200d")
_DEFAULT_PORTS = {"http": "80", "https": "443"}

# Only parameters known to say where a click came from; never names that may choose the page (id, p, ref).
_TRACKING = re.compile(
    r"(?:amp;)?(?:"
    r"(?:utm|at|mtm|pk|piwik|guce)_\w+|_hs(?:enc|mi|fp)|wt[._](?:mc|zmc)\w*|(?:fb|g|d|y|tw|tt)clid|msclkid|gclsrc|[gw]braid"
    r"|igsh(?:id)?|li_fat_id|mc_[ce]id|mkt_tok|hsctatracking|oly_(?:enc|anon)_id|vero_id|_g[al]"
    r"|xtor|ns_(?:campaign|mchannel|source|linkname|fee)|cmp(?:_?id)?|ocid|[in]cid|ito|smid|s_cid"
    r"|ref_(?:src|url)|guccounter|ftag|sr_share|sh_kit|share_bandit_(?:exp|var))(?:=.*)?",
    re.I | re.A | re.S,
)
_FROM_FEED = re.compile(
    r"(?:amp;)?(?:feed(?:type|name)|(?:partner|emc|source)(?==rss))(?:=.*)?", re.I | re.A | re.S
)

_SECRET = re.compile(
    r"[?&;](?:\w*(?:token|secret|passw\w*|pwd)|(?:api|access|auth|private|feed)[_-]?key|key|auth|sig|signature)=[^&;#]"
    r"|/(?:\w*token|secret|passw\w*|(?:api|access|auth|private|feed)[_-]?key|key|auth|private)/[^/?#]{12}"
    r"|/(?=[a-z]{0,31}\d)[a-z0-9]{32}",  # long and no word: a path that nobody is meant to guess
    re.I | re.A,
)


def canonical_url(url: str, *, of_feed: bool = False) -> str:
    """The one spelling of an http(s) address; empty if `url` is none or not absolute.

    Scheme and host are lower-cased, international names encoded, the default port, credentials, fragment
    (unless it is a `#!` route) and known tracking parameters dropped, percent-encoding normalised, dot
    segments removed. The order of the query is kept. `of_feed` keeps what tracks the readers of a feed, which
    in the feed's own address may choose it. Canonical addresses come back unchanged.
    """
    if _PLAIN.fullmatch(url) and "/." not in url:
        return url
    found = _PARTS.fullmatch(_UNWANTED.sub("", url.strip(_EDGES)))
    if not found:
        return ""
    scheme, authority, path, query, fragment = found.groups("")
    scheme = scheme.lower()
    host = _host(scheme, authority)
    if not host:
        return ""
    path = _without_dots(_normal(path.replace("\\", "/"))) or "/"
    parts = [part for part in _normal(query[1:]).split("&") if part and not _TRACKING.fullmatch(part)]
    kept = "&".join(part for part in parts if of_feed or not _FROM_FEED.fullmatch(part))
    route = "#!" + _normal(fragment[2:]) if fragment.startswith("#!") else ""
    return f"{scheme}://{host}{path}{'?' + kept if kept else ''}{route}"


def resolve(base: str, url: str) -> str:
    """`url` as an absolute http(s) address, read relative to `base`; empty if it is none.

    The address is otherwise left as the publisher wrote it, but for blanks and control characters.
    """
    cleaned = _UNWANTED.sub("", url.strip(_EDGES)).replace(" ", "%20")
    if not cleaned:
        return ""
    if not _PARTS.match(cleaned):
        try:
            cleaned = urljoin(base.strip(_EDGES), cleaned)
        except ValueError:
            return ""
    return cleaned if host_of(cleaned) else ""


def without_credentials(url: str) -> str:
    """The address without user name and password, fit for logs and pages; any scheme."""
    found = _AUTHORITY.fullmatch(url)
    if not found:
        return url
    start, authority, rest = found.groups()
    if "@" in authority:
        return str(start + authority.rpartition("@")[2] + rest)
    port = authority.rpartition(":")[2] if ":" in authority else ""
    if "@" in rest and port and not port.isdigit() and not port.endswith("]"):
        # What looks like a port is no number: a password with an unescaped delimiter in it.
        return str(start + rest.rpartition("@")[2])
    return url


def holds_secret(url: str) -> bool:
    """Whether a part of the address lets whoever knows it in, so that it must not be shown or shared."""
    return bool(_SECRET.search(url))


def without_secrets(url: str) -> str:
    """The address as it may be shown: without credentials, and cut short before what holds a secret."""
    shown = without_credentials(url)
    found = _SECRET.search(shown)
    return f"{re.split('[?#]', shown[: found.start() + 1])[0]}…" if found else shown


def host_of(url: str) -> str:
    """Host in lower case, with the port if it is not the default one: the key of politeness.

    Empty for local paths and whatever is no absolute http(s) address.
    """
    plain = _PLAIN_HOST.match(url)
    if plain:
        return plain[1]
    found = _PARTS.match(_UNWANTED.sub("", url.strip(_EDGES)))
    return _host(found[1].lower(), found[2]) if found else ""


def _host(scheme: str, authority: str) -> str:
    """`host` or `host:port` without credentials and default port; empty if malformed."""
    name = authority.rpartition("@")[2]
    if name.startswith("["):
        literal, bracket, port_text = name[1:].partition("]")
        try:
            # A zone index is of no meaning to others.
            host = "" if "%" in literal or not bracket else f"[{IPv6Address(literal).compressed}]"
        except AddressValueError:
            return ""
    else:
        bare, colon, digits = name.partition(":")
        host, port_text = _encoded_name(bare), colon + digits
    port = _PORT.fullmatch(port_text)
    if not host or not port:
        return ""
    number = (port[1] or "").lstrip("0")
    if not number and port[1]:
        return ""
    if not number or number == _DEFAULT_PORTS[scheme]:
        return host
    return f"{host}:{number}" if len(number) < 6 and int(number) < 65536 else ""


def _encoded_name(name: str) -> str:
    """A host name as the DNS knows it, without the root's dot; empty if there is no such name."""
    if "%" in name:
        name = unquote(name)
    if len(name) > 1000:
        return ""
    if not name.isascii():
        try:
            name = ".".join(_encoded_label(label) for label in _LABEL_DOTS.split(name))
        except UnicodeError:
            return ""
    name = name.lower().removesuffix(".")
    return name if len(name) < 254 and _HOST.fullmatch(name) else ""


def _encoded_label(label: str) -> str:
    if _DEVIATIONS.isdisjoint(label):
        return label.encode("idna").decode("ascii")
    folded = unicodedata.normalize("NFC", label.lower())
    return "xn--" + folded.encode("punycode").decode("ascii")


def _normal(text: str) -> str:
    """Percent-encoding in its one form: unreserved characters bare, all others as upper-case escapes."""
    return _ESCAPE_OR_ILLEGAL.sub(_normal_escape, text)


def _normal_escape(found: re.Match[str]) -> str:
    text = found[0]
    if _ESCAPE.fullmatch(text):
        character = chr(int(text[1:], 16))
        return character if character in _UNRESERVED else text.upper()
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _without_dots(path: str) -> str:
    """The path with `.` and `..` segments resolved (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)
