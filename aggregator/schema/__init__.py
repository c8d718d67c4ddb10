"""The nouns of Dateline, each defined once.

A news item goes one way: a `Download` (bytes as they came) becomes a `Feed` of `Entry` (the feed's
words), and each entry becomes one `Article` (our words). All are immutable; a step returns a changed
copy (`replace`). Every datetime is timezone-aware UTC.
"""

from aggregator.schema.article import (
    Article,
    Category,
    Evidence,
    Identity,
    Known,
    Mention,
    Place,
    PlaceKind,
    Role,
    Told,
)
from aggregator.schema.copying import replace
from aggregator.schema.feed import (
    NO_FULL_TEXT,
    SECTION,
    Download,
    Enclosure,
    Entry,
    Feed,
    Point,
    Removal,
    Term,
)
from aggregator.schema.habits import Habits, Usual
from aggregator.schema.polling import (
    HALF_LIFE,
    Draft,
    Finding,
    Kept,
    Memory,
    Outcome,
    OutcomeKind,
    Polled,
)
from aggregator.schema.wishes import (
    CategoryRule,
    Collapse,
    FetchSettings,
    Filing,
    Host,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    SourceKind,
    StoreSettings,
    View,
    WebSettings,
)

__all__ = [
    "HALF_LIFE",
    "NO_FULL_TEXT",
    "SECTION",
    "Article",
    "Category",
    "CategoryRule",
    "Collapse",
    "Download",
    "Draft",
    "Enclosure",
    "Entry",
    "Evidence",
    "Feed",
    "FetchSettings",
    "Filing",
    "Finding",
    "Habits",
    "Host",
    "Identity",
    "Kept",
    "Known",
    "Memory",
    "Mention",
    "Outcome",
    "OutcomeKind",
    "Place",
    "PlaceKind",
    "Point",
    "Polled",
    "Removal",
    "Role",
    "Secret",
    "ServiceSettings",
    "Settings",
    "Source",
    "SourceKind",
    "StoreSettings",
    "Term",
    "Told",
    "Usual",
    "View",
    "WebSettings",
    "replace",
]
