from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.clean import clean, related, tail
from aggregator.clean.furniture import without_furniture
from aggregator.clean.text import to_text
from aggregator.schema import Entry, Removal

TITLE = "Council Votes for a New Bridge"
BODY = "<p>Rabat – The council voted on Monday for a new bridge over the river, after a long debate.</p>"


def cleaned(*lines: str, title: str = TITLE) -> Entry:
    return clean(Entry(title=title, content="".join(f"<p>{line}</p>" for line in lines)))


def test_the_way_to_the_article_leaves_the_title_and_is_kept() -> None:
    entry = clean(Entry(title=f"Home Morocco {TITLE}", content=f"<p>{TITLE}</p>{BODY}"))
    assert entry.title == TITLE
    assert entry.breadcrumb == ("Morocco",)
    assert entry.content == BODY
    assert entry.removed[0] == Removal(rule="breadcrumb", text="Home Morocco")


def test_a_breadcrumb_with_arrows_needs_no_second_title() -> None:
    entry = clean(Entry(title=f"Home » Africa » Morocco » {TITLE}", content=BODY))
    assert (entry.title, entry.breadcrumb) == (TITLE, ("Africa", "Morocco"))


@pytest.mark.parametrize(
    "title",
    [
        "Home Depot Opens a Store in Rabat",
        "Home prices rise again",
        "Home | BBC",
        "Homeless in Rabat > a report",
    ],
)
def test_a_title_about_a_home_stays(title: str) -> None:
    entry = clean(Entry(title=title, content=BODY))
    assert (entry.title, entry.breadcrumb, entry.content) == (title, (), BODY)


def test_a_breadcrumb_line_leaves_the_body_and_is_kept() -> None:
    entry = cleaned("Home » Morocco » Council Votes for a New Bridge", "The council voted.")
    assert to_text(entry.content) == "The council voted."
    assert entry.breadcrumb == ("Morocco",)


def test_a_repeated_title_leaves_the_start_of_the_body() -> None:
    entry = clean(Entry(title=TITLE, content=f"<h1><a href='https://e.example/'>{TITLE}</a></h1>{BODY}"))
    assert entry.content == BODY
    assert entry.removed == (Removal(rule="repeated title", text=TITLE),)


def test_a_title_within_a_sentence_or_later_stays() -> None:
    entry = cleaned(f"{TITLE}, said the paper.", "More.", TITLE, "The end.")
    assert entry.removed == ()


def test_a_headline_of_another_story_after_the_repeated_title_goes() -> None:
    entry = cleaned(
        TITLE, "Ministers Discuss Fisheries Treaty Tomorrow", "Rabat – The council voted for a bridge."
    )
    assert to_text(entry.content) == "Rabat – The council voted for a bridge."


def test_a_standfirst_that_shares_its_words_with_the_text_stays() -> None:
    entry = cleaned(
        TITLE, "Debate Lasted Until Midnight on Monday", "The debate lasted until midnight on Monday."
    )
    assert to_text(entry.content).startswith("Debate Lasted")


def test_a_headline_stays_where_no_furniture_came_before_it() -> None:
    assert cleaned("Ministers Discuss Fisheries Treaty Tomorrow", "The council voted.").removed == ()


@pytest.mark.parametrize(
    "line", ["Read also: Another Story of Today", "Lire aussi : Une autre", "اقرأ أيضا: خبر آخر"]
)
def test_a_labelled_link_goes_at_the_start_and_at_the_end(line: str) -> None:
    assert to_text(cleaned(line, "The council voted.").content) == "The council voted."
    assert to_text(cleaned("The council voted.", line).content) == "The council voted."


@pytest.mark.parametrize(
    "line", ["Read: this is how it was, he said.", "Related costs rose by a tenth", "Read also it is."]
)
def test_a_sentence_with_the_words_of_a_label_stays(line: str) -> None:
    assert cleaned("The council voted.", line).removed == ()


@pytest.mark.parametrize(
    "last",
    [
        "It was late.Previous articleCourt Acquits a ManNext articleFirst in Italy",
        "It was late.”</p><p>Previous articleCourt Acquits a Man<br>Next articleFirst in Italy",
        "It was late.</p><p>Previous article</p><p>Next article",
        "It was late.</p><p>Previous Post</p><p>Next Post",
        "It was late.</p><p>Next post: What Comes Now",
        "It was late.</p><p>Article précédentLa cour</p><p>Article suivantEncore",
        "It was late.</p><p><b>Previous article</b><a href='https://e.example/'>Court Acquits a Man</a>",
    ],
)
def test_neighbour_articles_leave_the_end(last: str) -> None:
    entry = cleaned("The council voted.", last)
    assert to_text(entry.content).rstrip("”").endswith("It was late.")
    assert {removal.rule for removal in entry.removed} == {"neighbour articles"}


@pytest.mark.parametrize(
    "last",
    [
        "The previous article of the treaty was changed, and the next article too.",
        "It was late. Previous articles by this author are online.",
        "Next article 5 of the treaty was read. Previous article texts were not.",
        "Previous article five was repealed last year.",
    ],
)
def test_neighbour_words_in_a_sentence_stay(last: str) -> None:
    assert cleaned("The council voted.", last).removed == ()


@pytest.mark.parametrize(
    "last",
    [
        f"It was late. The post {TITLE} appeared first on The Daily.",
        'It was late.</p><p>The post <a href="https://e.example/1">Some</a> appeared first on <a href="https://e.example">D</a>.',
        f"It was late.</p><p>L’article {TITLE} est apparu en premier sur Le Quotidien.",
        f"It was late.</p><p>La entrada {TITLE} se publicó primero en El Diario.",
        f"It was late.</p><p>Der Beitrag {TITLE} erschien zuerst auf Tagblatt.",
        'It was late.</p><p>O conteúdo <a href="https://e.example/1">Rat</a> aparece primeiro em <a href="https://e.example">D</a>.',
    ],
)
def test_where_the_post_appeared_first_leaves_the_end(last: str) -> None:
    assert to_text(cleaned("The council voted.", last).content).endswith("It was late.")


def test_a_post_that_really_appeared_first_stays() -> None:
    assert cleaned("The post he had sought appeared first on the list of the day.").removed == ()


@pytest.mark.parametrize(
    "last",
    [
        "It was late.</p><p>Read more",
        "It was late.</p><p><a href='https://e.example/1'>Continue reading...</a>",
        "It was late. <a href='https://e.example/1'>Read more »</a>",
        "It was late.</p><p>(Lire la suite)",
        f"It was late.</p><p>Continue reading {TITLE} →",
        "It was late.</p><p>اقرأ المزيد",
    ],
)
def test_an_invitation_to_read_on_leaves_the_end(last: str) -> None:
    assert to_text(cleaned("The council voted.", last).content).endswith("It was late.")


@pytest.mark.parametrize(
    "last",
    ["Children should read more", "It was late. Read more books, he said.", "You can continue reading.",
     "Read more about it in the archive of the town."],
)  # fmt: skip
def test_words_on_reading_more_in_a_sentence_stay(last: str) -> None:
    assert cleaned("The council voted.", last).removed == ()


def test_each_rule_says_what_it_took() -> None:
    entry = cleaned(TITLE, "It was late.Next articleFirst in Italy")
    assert entry.removed == (
        Removal(rule="repeated title", text=TITLE),
        Removal(rule="neighbour articles", text="Next articleFirst in Italy"),
    )


def test_a_cut_leaves_the_markup_balanced() -> None:
    page = without_furniture(
        "T", "<p><b>It &amp; was <i>late.Next article</i>First</b> in <u>Italy</u></p><p>Read more</p>"
    )
    assert page.html == "<p><b>It &amp; was <i>late.</i></b></p>"


def test_rules_tell_the_offset_where_furniture_begins() -> None:
    assert tail.neighbours("Late.Next articleFirst", "", False) == 5
    assert tail.read_more("Late. Read more", "", False) == 5
    assert tail.appeared_first("Late. The post T appeared first on S.", "T", False) == 5
    assert related.is_labelled_link("Related stories: Bridge Falls")


@given(st.text(alphabet="Home »T.\n<p>/br Next articleAread more&;:"), st.text(alphabet="Home »T. "))
def test_no_words_make_the_rules_raise(content: str, title: str) -> None:
    entry = clean(Entry(title=title, content=content, summary=content + "x"))
    assert isinstance(to_text(entry.content), str)


@pytest.mark.parametrize(
    "line",
    [
        "@example on X, follow us",
        "Jane Doe/Getty Images",
        "12 comments",
        "Cookie settings",
        "→ Share this article",
    ],
)
def test_the_quick_look_at_a_line_lets_every_rule_have_its_say(line: str) -> None:
    assert to_text(cleaned("The council voted.", line, "It was late.").content).count("\n\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        "Follow Example Radio on Facebook, X and Instagram.",
        "For more stories like this, follow us on WhatsApp.",
        "Abonnez-vous pour lire la suite.",
        "Clique aqui para receber as notícias no WhatsApp",
        "Recibe las noticias en tu correo",
        "Image caption, The bridge as it was",
        "Ces articles devraient vous intéresser",
    ],
)
def test_what_the_website_says_goes_and_the_sentences_around_it_stay(line: str) -> None:
    assert cleaned("The council voted.", line, "It was late.").text == "The council voted.\n\nIt was late."


@pytest.mark.parametrize(
    "line",
    [
        "Download speeds on your app store were slow",
        "Recibe noticias de su hijo cada mes",
        "Jetzt ist der Newsletter tot",
        "Follow Route 9 to the bridge",
        "For more than a year, they visit the sick",
    ],
)
def test_a_sentence_that_begins_like_an_invitation_stays(line: str) -> None:
    assert line in cleaned("The council voted.", line, "It was late.").text


def test_an_invitation_takes_no_sentence_behind_it() -> None:
    text = "The council voted. Click here to subscribe to our channel. It was late."
    assert cleaned(text).text == text


@pytest.mark.parametrize(
    "credit",
    ["(With inputs from PTI)", "(avec AFP)", "(with agency inputs)", "(APA, red, 5.1.2026)", "(dpa)"],
)
def test_a_credit_in_brackets_goes_from_the_end(credit: str) -> None:
    assert cleaned(f"The council voted. {credit}").text == "The council voted."
    assert cleaned("The council voted.", credit).text == "The council voted."
    assert "(with inputs from many)" in cleaned("The council voted. (with inputs from many)").text


def test_headlines_without_links_go_below_their_heading_at_the_end_alone() -> None:
    assert cleaned("It was late.", "Related Articles", "Bridge Falls", "Dog Lost").text == "It was late."
    text = cleaned("It was late.", "Related Articles", "Bridge Falls", "The mayor left the town.").text
    assert text == "It was late.\n\nBridge Falls\n\nThe mayor left the town."


def test_read_more_goes_too_where_furniture_follows_it() -> None:
    assert cleaned("It was late. Read more", "Recommended for you").text == "It was late."


@pytest.mark.parametrize("line", ["Redacción / Guadalajara", "Redacción | Córdoba", "Por Lusa"])
def test_a_desk_or_an_agency_above_the_article_is_its_author(line: str) -> None:
    entry = cleaned(line, "It was late.", "They voted.")
    assert (entry.text, len(entry.authors)) == ("It was late.\n\nThey voted.", 1)
