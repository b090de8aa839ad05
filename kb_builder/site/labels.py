"""Every word the theme says, in English, by the key its templates use; ``words/`` has the same in other languages.

Braces hold what a template puts in. The search client brings its own English (``search/client/labels.js``); a label
whose key starts with ``search_`` or ``kind_`` replaces one of those on every page.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from kb_builder.articles.languages import primary_language
from kb_builder.config import ThemeSettings

ENGLISH: dict[str, str] = {
    # Frame
    "skip_to_content": "Skip to content",
    "home": "Help home",
    "contact": "Contact us",
    "dark_mode": "Dark mode",
    "all_topics": "All topics",
    "breadcrumbs": "You are here",
    "details": "Read more",
    "language_switch": "Language",
    "announcements": "Announcements",
    "dismiss": "Dismiss",
    "untranslated": "This page is not in your language yet. Here it is in {language}.",
    "stale": "The original of this page was changed on {date}. The translation does not say that yet.",
    "stale_undated": "The original of this page has been changed. The translation does not say that yet.",
    "read_original": "Read it in {language}",
    # Search
    "find_label": "Search the help center",
    "find_placeholder": "Ask in your own words",
    "find_button": "Search",
    "browse_topics": "Or browse by topic",
    # Home and categories
    "welcome": "How can we help?",
    "topics": "What is it about?",
    "popular": "Asked most often",
    "more": "Good to have at hand",
    "articles_one": "1 article",
    "articles_many": "{n} articles",
    # Article
    "on_this_page": "On this page",
    "permalink": "Link to this section",
    "box_note": "Note",
    "box_tip": "Tip",
    "box_info": "Info",
    "box_important": "Important",
    "box_warning": "Warning",
    "box_caution": "Caution",
    "box_danger": "Danger",
    "box_success": "Success",
    "box_question": "Question",
    "box_example": "Example",
    "box_quote": "Quote",
    "captions": "Captions",
    "reviewed": "Last reviewed",
    "kept_by": "Looked after by the {team}",
    "related": "Related articles",
    "feedback_title": "Did this help?",
    "feedback_yes": "Yes",
    "feedback_no": "No",
    "feedback_why": "What is the matter with it?",
    "feedback_unclear": "Hard to understand",
    "feedback_incomplete": "Something is missing",
    "feedback_outdated": "Out of date",
    "feedback_wrong": "It is wrong",
    "feedback_other": "Something else",
    "feedback_message": "What should it say? (optional)",
    "thanks_title": "Thank you",
    "feedback_thanks": "Thank you. That helps the next person who asks.",
    "canned_reply": "Reply to paste",
    "canned_short": "In short",
    "canned_whole": "The whole answer",
    "copy_it": "Copy",
    "copied": "Copied.",
    # Policies and terms
    "version": "Version",
    "effective": "In force from",
    "jurisdiction": "Applies in",
    "changes": "What changed in this version",
    "versions": "All versions",
    "policy_current": "This version is in force.",
    "policy_superseded": "This version is no longer in force.",
    "policy_upcoming": "This version is not in force yet.",
    "read_current": "Read the current version {version}",
    "version_current": "In force",
    "version_superseded": "Replaced",
    "version_upcoming": "Upcoming",
    "change_added": "Added",
    "change_changed": "Changed",
    "change_removed": "Removed",
    "change_clarified": "Clarified",
    "affects": "Affects {whom}",
    "applies_from": "From {from}",
    "applies_between": "From {from} until {until}",
    "next_version": "Version {version} applies from {date}.",
    "read_it": "Read it",
    "compare": "Compare",
    "compare_with": "Compare with version {version}",
    "follow": "Follow changes (feed)",
    "applied_on": "What applied on",
    "applied_answer": "Version {version} applied on that day.",
    "applied_none": "No version applied on that day yet.",
    "comparison": "From version {old} to version {new}",
    "comparison_count_one": "1 passage is different.",
    "comparison_count": "{n} passages are different.",
    "comparison_none": "The text is the same in both versions.",
    "comparison_too_long": "These versions are too long to compare here. Both are readable in full.",
    "comparison_legend": "How to read this",
    "block_added": "Added",
    "block_changed": "Changed",
    "block_removed": "Removed",
    "block_moved": "Moved here",
    "block_moved_away": "Moved elsewhere",
    "print_line": "{title}, version {version}, in force from {date}",
    # Contact
    "talk_to_us": "Talk to us",
    "still_stuck": "Still stuck?",
    "still_stuck_text": "Our team is happy to look at it with you.",
    "all_channels": "All ways to contact us",
    "hours": "Open",
    "any_time": "Any time",
    "local_time": "{place} time",
    "reply": "Usual reply",
    "wait_minute": "within a minute",
    "wait_minutes": "within {n} minutes",
    "wait_hour": "within an hour",
    "wait_hours": "within {n} hours",
    "wait_day": "within a day",
    "wait_days": "within {n} days",
    "open_until": "Open until {time}",
    "open_always": "Open now",
    "closed_until": "Closed, opens {time}",
    "closed_always": "Closed",
    "your_time": "(your time)",
    "ask_title": "Write to us",
    "ask_topic": "What is it about?",
    "ask_question": "Your question",
    "ask_question_hint": "Say it in your own words. Please leave out passwords and card numbers.",
    "ask_email": "Your email address, for our answer",
    "ask_send": "Send",
    "ask_send_mail": "Open in your mail program",
    "ask_suggested": "Does one of these answer it?",
    "ask_solved": "This solved it",
    "ask_thanks": "Glad to hear it. You need not send anything.",
    # The assistant
    "assistant_open": "Ask a question",
    "assistant_title": "Ask the help center",
    "assistant_close": "Close",
    "assistant_log": "Conversation",
    "assistant_hello": "What would you like to know? I am a program: I answer with the texts of this help center and "
    "show where they are from.",
    "assistant_input": "Your question",
    "assistant_send": "Ask",
    "assistant_you": "You",
    "assistant_us": "Help center",
    "assistant_looking": "Looking it up…",
    "assistant_maybe": "This may be what you are looking for:",
    "assistant_which": "Which of these do you mean?",
    "assistant_neither": "Neither of these",
    "assistant_together": "I took that together with “{topic}”.",
    "assistant_unsure": "I am not sure that any text here answers that. Perhaps one of these?",
    "assistant_none": "I find nothing about that here. Try other words, or ask a person.",
    "assistant_failed": "I cannot look that up right now.",
    "assistant_source": "From {title}",
    "assistant_read": "Read it here",
    "assistant_other": "Not what I meant",
    "assistant_else": "Perhaps one of these?",
    "assistant_rephrased": "Shortened by a program. What counts is the text it is from.",
    "assistant_person": "Talk to a person",
    "assistant_people": "These can help. What was said here goes along by form and email.",
    "assistant_form": "Write to us, with this conversation",
    "assistant_copy": "Copy this conversation",
    "assistant_copied": "Copied",
    "assistant_follow_up": "and, or, also, but, what about, how about",
    "languages": "Languages",
    "comma": ", ",
    "audience": "For",
    "everyone": "everyone",
    "audience_b2c": "shoppers",
    "audience_b2b": "business customers",
    "audience_agent": "support agents",
    # Not found
    "not_found_title": "We could not find that page",
    "not_found_text": "There is no page at this address. It may have moved, or the link may be incomplete.",
    # Dates
    "date": "{day} {month} {year}",
    "month_1": "January",
    "month_2": "February",
    "month_3": "March",
    "month_4": "April",
    "month_5": "May",
    "month_6": "June",
    "month_7": "July",
    "month_8": "August",
    "month_9": "September",
    "month_10": "October",
    "month_11": "November",
    "month_12": "December",
    "day_0": "Mon",
    "day_1": "Tue",
    "day_2": "Wed",
    "day_3": "Thu",
    "day_4": "Fri",
    "day_5": "Sat",
    "day_6": "Sun",
    # Languages people are answered in
    "language_ar": "Arabic",
    "language_cs": "Czech",
    "language_da": "Danish",
    "language_de": "German",
    "language_en": "English",
    "language_es": "Spanish",
    "language_fi": "Finnish",
    "language_fr": "French",
    "language_it": "Italian",
    "language_ja": "Japanese",
    "language_nl": "Dutch",
    "language_no": "Norwegian",
    "language_pl": "Polish",
    "language_pt": "Portuguese",
    "language_sv": "Swedish",
    "language_uk": "Ukrainian",
    "language_zh": "Chinese",
}


def labels_in(tag: str, theme: ThemeSettings, *, is_main: bool) -> dict[str, str]:
    """Return the words of the theme in a language: those of the settings, else the translated ones, else English.

    Args:
        tag: Of the language.
        theme: Its ``labels`` are for the main language, its ``labels_in`` for any, by tag.
        is_main: Whether it is the main language.
    """
    return {**ENGLISH, **translated(tag), **(theme.labels if is_main else {}), **theme.labels_in.get(tag, {})}


@cache
def translated(tag: str) -> dict[str, str]:
    """Return the words of the theme and of the search client as ``words/`` has them; empty for a language it lacks.

    A region has the words of its language. Edge: reads the package's own file.
    """
    file = Path(__file__).with_name("words") / f"{primary_language(tag)}.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}
