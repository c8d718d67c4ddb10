"""The language in which pages speak: what the reader chose, else what the browser asks for, else English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from babel import Locale, negotiate_locale
from babel.support import Translations
from flask import Flask, Response, g, has_app_context, request
from flask_babel import Babel, get_locale, get_translations

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
"""The languages of the pages, each as its speakers call it; the first goes without saying."""
_LOCALES = {language: Locale.parse(language) for language in LANGUAGES} | {
    "en": Locale.parse("en_001")  # English with the day before the month, as most of the world writes dates
}


def install(app: Flask, chosen: Callable[[], str]) -> None:
    """Lets pages speak the language that `chosen` names, or that of the browser if it names none of ours."""

    def language() -> Locale:
        if _is_for_programs():
            return _LOCALES["en"]
        g.spoken = chosen() if chosen() in LANGUAGES else _asked_for()
        return _LOCALES[g.spoken]

    Babel(app, locale_selector=language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # (the extension adds it)
        gettext=lambda words: _catalogue().gettext(words),
        ngettext=lambda one, many, count: _catalogue().ngettext(one, many, count),
        pgettext=lambda context, words: _catalogue().pgettext(context, words),
        newstyle=True,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(spoken=spoken, direction=direction)
    app.after_request(declare)


def locale() -> Locale:
    """The language of the current request, with its dates, numbers and names (Unicode CLDR).

    Looked up once: a page asks some hundreds of times.
    """
    if not has_app_context():
        return _LOCALES["en"]
    if "locale" not in g:
        g.locale = get_locale() or _LOCALES["en"]
    found: Locale = g.locale
    return found


def _catalogue() -> Translations:
    """The words of the language, looked up once a request: a page says some hundreds of them."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    found: Translations = g.catalogue
    return found


def spoken() -> str:
    """The language tag of the page."""
    return str(locale().language)


def direction() -> str:
    """Where lines of the page run: `ltr` or `rtl`."""
    return str(locale().text_direction)


def declare(response: Response) -> Response:
    """Tells caches what an answer in words depends on."""
    if "spoken" in g:
        response.content_language.add(g.spoken)
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def _asked_for() -> str:
    """The first of our languages among those the browser asks for (RFC 9110, 12.5.4)."""
    wanted = [tag for tag, quality in request.accept_languages if quality > 0]
    return negotiate_locale(wanted, LANGUAGES, sep="-") or "en"


def _is_for_programs() -> bool:
    """Feeds say the same to everyone, and so do the errors in their place."""
    return request.blueprint == "feeds" or request.path.startswith("/feeds/")
