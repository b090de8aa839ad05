"""Every issue code: how bad it is, what it means, what to do. The manual's list of issues is made from this table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kb_builder.issues import Fix, Issue, Level


@dataclass(frozen=True, slots=True)
class IssueCode:
    """One kind of problem. ``remedy`` is the hint of issues that carry none of their own.

    Attributes:
        level: Unless the settings say otherwise; off for what a help center has to ask for.
    """

    code: str
    level: Level
    meaning: str
    remedy: str

    @property
    def is_fixed(self) -> bool:
        """Whether its level cannot be changed: the site could not be built, or not safely."""
        return self.level is Level.ERROR and self.code[:3] in ("KB1", "KB2", "KB6")


def _error(code: str, meaning: str, remedy: str) -> IssueCode:
    return IssueCode(code, Level.ERROR, meaning, remedy)


def _warning(code: str, meaning: str, remedy: str) -> IssueCode:
    return IssueCode(code, Level.WARNING, meaning, remedy)


def _notice(code: str, meaning: str, remedy: str) -> IssueCode:
    return IssueCode(code, Level.NOTICE, meaning, remedy)


def _off(code: str, meaning: str, remedy: str) -> IssueCode:
    return IssueCode(code, Level.OFF, meaning, remedy)


_TABLE = (
    # KB1xx: text and front matter
    _error("KB101", "The file is not UTF-8 text.", "Save it as UTF-8."),
    _error("KB102", "The file holds a NUL, STX or ETX control character.", "Delete the character."),
    _error("KB103", "The category does not exist.", "Categories are the folders of the content that hold articles."),
    _error("KB104", "The page is larger than the limit.", "Split it, or raise content.max_page_kilobytes."),
    _warning("KB105", "The file is empty and was skipped.", "Write the article or delete the file."),
    _warning(
        "KB106", "The article has no title; one was made from the file name.", "Add 'title:' to its front matter."
    ),
    _warning("KB107", "The article has front matter and no text.", "Write the article or mark it 'draft: true'."),
    _error("KB110", "The front matter is not closed.", "Put a line '---' after its last key."),
    _error("KB111", "The front matter is not valid YAML.", "Put quotes around a value that holds ': ' or ' #'."),
    _error("KB112", "A key stands twice.", "Keep one of the two."),
    _error(
        "KB113",
        "YAML anchors and aliases are not accepted.",
        "Write the value out, or quote it if it starts with & or *.",
    ),
    _error("KB114", "YAML tags are not accepted.", "Write plain text, or quote the value if it starts with '!'."),
    _error("KB115", "A tab indents a line.", "Indent with spaces."),
    _error("KB116", "The front matter is not a list of keys and values.", "Write one 'key: value' a line."),
    _error("KB120", "A value is not what its key takes.", "See the key's description in the schema."),
    _error(
        "KB121", "A date does not exist or is not written as YYYY-MM-DD.", "Write year-month-day, such as 2026-03-01."
    ),
    _warning("KB122", "A key is not known but looks like one that is.", "Correct the spelling."),
    _warning("KB123", "Keys that are not known were ignored.", "Delete them if nothing else reads them."),
    _error("KB124", "A key is missing that another one needs.", "Add it."),
    _warning("KB125", "A key belongs to another kind of article and was ignored.", "Delete it, or set 'kind:'."),
    _warning("KB130", "The review date has passed.", "Read the article again, then move 'reviewed' and 'review_by'."),
    _warning("KB131", "Two articles of a kind have the same title.", "Say in each title what sets it apart."),
    _notice("KB132", "A review date names no team.", "Add 'owner:', so that somebody is reminded."),
    _off("KB133", "The article has no owner.", "Add 'owner:' with the team that keeps it right."),
    _off("KB134", "The article has no review date.", "Add 'review_by:' with the day it must be read again."),
    _notice("KB135", "The announcement ended more than 30 days ago.", "Delete the file, or move 'ends'."),
    _warning(
        "KB140",
        "The original has changed since it was translated.",
        "Translate what is new, then run 'kb translated' on the file.",
    ),
    _warning("KB141", "The original of a translation is gone.", "Delete the translation, or its 'translated_from:'."),
    _notice(
        "KB142",
        "A translation does not say which wording of its original it follows.",
        "Compare the two, then run 'kb translated' on the file.",
    ),
    _error("KB150", "A redirect is not a plain path on this site.", "Write the old path only, such as /old/page/."),
    _error("KB151", "Two articles claim the same redirect.", "Keep it in one of them."),
    _error("KB152", "A redirect would replace a page that exists.", "Delete the redirect or move the page."),
    _error(
        "KB153",
        "A redirect takes the address that leads to the current version of a policy.",
        "Delete the redirect: that address leads to the version in force by itself.",
    ),
    # KB2xx: files and assets
    _error("KB201", "A symbolic link stands in the content.", "Put the file itself there; links are never followed."),
    _error("KB202", "The file cannot be read.", "Check that it is a plain file with read permission."),
    _error(
        "KB203",
        "The file name cannot become an address.",
        "Rename it: letters, digits, '-', '_' and '.' are safe everywhere.",
    ),
    _error("KB204", "The file name is longer than 200 bytes.", "Shorten it."),
    _error("KB205", "Two names differ only in case or Unicode form.", "Rename one; some systems cannot keep both."),
    _error("KB206", "Two pages have the same address.", "Rename one of the files."),
    _warning("KB207", "The file is of a type that is not published.", "Remove it, or convert it to a type that is."),
    _error("KB208", "The image is too large to publish.", "Scale it down."),
    _error("KB209", "The SVG holds something that can run or load.", "Export it again as a plain picture."),
    _warning("KB210", "The file is not what its name says.", "Export it again, or correct the file extension."),
    _error("KB211", "The address is taken by a page of the site itself.", "Rename the file or folder."),
    _warning("KB212", "README.md was skipped because index.md stands beside it.", "Delete one of the two."),
    _warning("KB213", "The file is heavy for a picture.", "Scale it down, or save it as WebP."),
    _notice("KB214", "No page uses the file.", "Delete it, or link to it."),
    # KB3xx: links
    _warning("KB301", "A link leads to a page that does not exist.", "Correct the link or write the page."),
    _warning("KB302", "A link leads to a heading that does not exist.", "Link to one of the headings of that page."),
    _warning("KB303", "A link leads to a draft.", "Publish the draft or remove the link."),
    _warning("KB304", "An image or file does not exist.", "Add the file or correct its path."),
    _warning("KB305", "A link is not one that a page may carry.", "Use http, https, mailto, tel, sms or a path."),
    _warning(
        "KB306",
        "A related article or affected page does not exist.",
        "Give the path of an article, relative to this file.",
    ),
    _warning("KB307", "No chain of links leads from the home page to this one.", "Link to it, or give it a category."),
    _off("KB308", "No article links to this one.", "Link to it from an article that its reader meets before."),
    _warning("KB309", "The contact page is more than two steps away.", "Link to /contact/."),
    _warning("KB310", "An image has no text that can be read aloud.", "Say between the brackets what it shows."),
    _notice("KB311", "The words of a link do not say where it leads.", "Name the page that it opens."),
    _warning("KB320", "The site that a link leads to says that the page is gone.", "Correct the link or delete it."),
    _notice("KB321", "The site that a link leads to could not be asked.", "Open it in a browser, then decide."),
    _notice("KB322", "A link leads to a page that has moved for good.", "Link to the new address."),
    # KB4xx: policies
    _error("KB401", "Two versions of a policy take effect on the same day.", "Give each version its own date."),
    _error("KB402", "Versions of a policy replace each other in a circle.", "The first version replaces none."),
    _error("KB403", "Two versions replace the same one.", "Let the later one replace the earlier one."),
    _error("KB404", "The version a policy replaces does not exist.", "Give its file, relative to this one."),
    _error("KB405", "A version takes effect before the one it replaces.", "Correct 'effective' or 'replaces'."),
    _error("KB406", "Two versions of a policy apply at once.", "Say with 'replaces:' which one follows the other."),
    _error(
        "KB407",
        "A version that was published has other words now.",
        "Write a new version that replaces it. If nothing changed in substance, delete its line in the list of "
        "published addresses and run 'kb check --record'.",
    ),
    _warning("KB408", "Customers get less notice of a version than promised.", "Move 'effective:' to a later day."),
    # KB5xx: hidden and secret text
    _error("KB501", "A policy holds characters that cannot be seen.", "Delete them and type the passage again."),
    _warning("KB502", "The text holds characters that cannot be seen.", "Delete them and type the passage again."),
    _error("KB503", "A word of a policy mixes look-alike letters of two scripts.", "Type the word again."),
    _warning("KB504", "A word mixes look-alike letters of two scripts.", "Type the word again."),
    _error(
        "KB510",
        "The text looks like a key or a password.",
        "Remove it, and revoke it: it is in the history of the repository.",
    ),
    _warning("KB520", "The text looks like the data of a real person.", "Replace it by an invented example."),
    # KB6xx: rendering
    _warning("KB601", "HTML that runs, loads or sends something was removed.", "Write it in Markdown, or delete it."),
    _warning(
        "KB602",
        "A link or image with a scheme that pages may not carry was removed.",
        "Use http, https, mailto, tel, sms or a path.",
    ),
    _warning(
        "KB603", "HTML that pages do not take was removed; its text stays.", "Write it in Markdown, or delete it."
    ),
    _error("KB610", "The page cannot be rendered.", "Simplify the page; other pages are not affected."),
    _error(
        "KB611",
        "The page opens so many brackets that rendering would take too long.",
        "Close them, or put the passage into a code block.",
    ),
    _error(
        "KB612",
        "Rendering the page took too much time or memory and was stopped.",
        "Simplify or split the page; other pages are not affected.",
    ),
    _warning(
        "KB620",
        "The icon set has no icon of that name.",
        "Take a name from the Material icon set, such as material/truck-outline.",
    ),
    _error("KB621", "A file that the theme settings name is not in the content.", "Add it, or correct its path."),
    _warning(
        "KB622",
        "A colour of the theme settings cannot be read well on the pages.",
        "Pages use one of the same hue that can; give that one, or another, to choose yourself.",
    ),
    _warning("KB630", "The page is heavier than the limit.", "Scale its pictures down, or split it."),
    _warning("KB631", "The search files of a query are larger than the limit.", "Split long articles."),
    # KB7xx: synonyms, pins and judgments
    _error("KB701", "A file of the search folder names an article that does not exist.", "Correct the path."),
    _warning(
        "KB702",
        "A query is pinned to an article that search cannot find: excluded, a draft, or no longer in force.",
        "Pin it to an article that search finds, or delete the pin.",
    ),
    _error(
        "KB703",
        "A list of synonyms has fewer than two words, or something that is no word.",
        "Add the words that mean the same, or delete the line.",
    ),
    _warning("KB704", "One-way synonyms lead in a circle.", "Write them as one list: it works both ways."),
    _error("KB705", "A query is pinned twice.", "Keep one of the two; inflected forms are one query."),
    _error("KB706", "Search sees no word in a synonym, pin or judgment.", "Use letters or digits."),
    _error("KB707", "A synonym or pin has too many words.", "Shorten it to the words that matter."),
    _warning("KB708", "A synonym repeats a word; inflected forms are one word.", "Delete one of them."),
    _warning(
        "KB709",
        "A synonym does nothing: no article holds the words it should lead to.",
        "Use words that stand in the articles, or delete the line.",
    ),
    _error(
        "KB710",
        "A judged query does not find its article within the rank it should.",
        "Add the customers' words to the article's 'questions:', or a synonym; 'kb search --explain' says why.",
    ),
    _error("KB711", "A query is judged twice for the same article.", "Keep one of the two."),
    _warning(
        "KB712",
        "Searching for the title of an article does not find it among the first three.",
        "Give it a title that says what sets it apart.",
    ),
    _warning(
        "KB713",
        "Searching for a line of 'questions:' does not find its article among the first three.",
        "Word it as customers do, or move it to the article that answers it.",
    ),
    _warning(
        "KB714",
        "The experiment with the ranking is over, or nobody could count it.",
        "Read its result in kb report, decide, and take it out of the settings.",
    ),
    # KB8xx: what readers and other sites rely on
    _error(
        "KB801",
        "An address that was published is gone.",
        "Add it to 'redirect_from:' of the article that answers it now. To give it up, delete this line.",
    ),
    _warning(
        "KB802",
        "A heading that was published, and may be linked to, is gone.",
        "Keep its anchor with '{#…}' behind the heading. To give it up, delete its line in the list.",
    ),
    _notice("KB803", "Published addresses are not recorded yet.", "Run 'kb check --record' and commit the file."),
    _error("KB804", "A line of the list of published addresses cannot be read.", "Restore it from the history."),
    _warning("KB820", "Two articles answer the same question.", "Merge them, or say in each what sets it apart."),
    _warning(
        "KB821",
        "Two articles answer the same question with different figures.",
        "Find out which is right; keep one of the two.",
    ),
    _warning("KB822", "Two articles have nearly the same text.", "Merge them, or link from one to the other."),
    _notice("KB830", "The text is hard to read.", "Use shorter sentences and shorter words."),
    _notice("KB831", "The article is long for its kind.", "Split it by question."),
    _notice("KB832", "The title or summary is cut off in lists of results.", "Shorten it."),
    _warning(
        "KB833",
        "A line of the draft that 'kb new' makes is still there.",
        "Write what belongs there, or delete the line.",
    ),
    _warning("KB840", "A word is not the one that the list of terms asks for.", "Use the word of the list."),
    # KB85x: audiences
    _error(
        "KB850",
        "Something that only an article for others has reached the site, so nothing was published.",
        "Look for a hook or plugin that copies content; without one, this is a fault of kb_builder: report it.",
    ),
    _warning(
        "KB851",
        "An article that customers read leads to one that the public site leaves out.",
        "Delete the link: pages show its words only. Or give both the same audience.",
    ),
)

CODES: dict[str, IssueCode] = {row.code: row for row in _TABLE}


def issue(code: str, path: str, line: int, message: str, hint: str = "", *fixes: Fix) -> Issue:
    """Make an issue; its level comes from the table, and its hint too when none is given."""
    row = CODES[code]
    return Issue(path, line, row.level, code, message, hint or row.remedy, fixes)


def with_levels(issues: Iterable[Issue], levels: Mapping[str, Level]) -> tuple[Issue, ...]:
    """Give issues the levels that the settings ask for, by code, and leave out those that are off."""
    levelled = (replace(found, level=levels.get(found.code, found.level)) for found in issues)
    return tuple(found for found in levelled if found.level is not Level.OFF)


def merge_repeated(issues: Iterable[Issue], code: str, *, most: int = 3) -> list[Issue]:
    """Say once, at its first file, what more than ``most`` files have word for word; the others are counted.

    A folder written for another generator would else bury its real problems under one line a file.
    """
    kept: list[Issue] = []
    repeated: dict[str, list[Issue]] = {}
    for found in issues:
        (repeated.setdefault(found.message, []) if found.code == code else kept).append(found)
    for same in repeated.values():
        same.sort(key=lambda found: (found.path, found.line))
        rest = len(same) - 1
        kept += same if rest < most else [replace(same[0], message=f"{same[0].message}; the same in {rest} more files")]
    return kept


def in_folder(issues: Iterable[Issue], folder: str) -> tuple[Issue, ...]:
    """Turn issues on content paths into issues on paths relative to the help center's folder."""
    return tuple(replace(found, path=f"{folder}/{found.path}" if found.path else folder) for found in issues)
