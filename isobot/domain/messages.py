"""What goes in and out of a chat, the same on every channel.

A channel turns what it receives into an `Incoming`; a handler answers with `Reply`, whose choices
each channel draws as well as it can: buttons, or a numbered list where there are none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from isobot.domain.text import fold


class IncomingKind(StrEnum):
    """What a person sent."""

    TEXT = "text"
    CHOICE = "choice"
    """A button was pressed: `choice` holds its key, `prompt` the prompt it was drawn under."""
    EDITED = "edited"
    """An earlier message was changed; `text` is the new wording."""
    FILE = "file"
    PHOTO = "photo"
    VOICE = "voice"
    STICKER = "sticker"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that happened in a chat.

    `event_id` is unique for each bot: the platform sends an event again until it is acknowledged.
    `order` sorts the events of one chat as the platform saw them, larger is later. `file` is how the
    platform names what was attached, with its "name" and "size" where it tells them; the content is
    fetched later.
    """

    bot: str
    chat: str
    sender: str
    event_id: str
    order: int
    kind: IncomingKind
    text: str = ""
    choice: str = ""
    prompt: int = 0
    sender_name: str = ""
    private: bool = True
    file: Mapping[str, Any] | None = None

    def as_payload(self) -> dict[str, Any]:
        """Return what the inbox stores beside its own columns."""
        payload: dict[str, Any] = {
            "sender": self.sender,
            "kind": self.kind.value,
            "text": self.text,
            "choice": self.choice,
            "prompt": self.prompt,
            "sender_name": self.sender_name,
            "private": self.private,
        }
        if self.file is not None:
            payload["file"] = dict(self.file)
        return payload

    @classmethod
    def from_payload(
        cls, *, bot: str, chat: str, event_id: str, order: int, payload: Mapping[str, Any]
    ) -> "Incoming":
        """Read back what `as_payload` wrote."""
        rest = {**payload, "kind": IncomingKind(payload["kind"])}
        return cls(bot=bot, chat=chat, event_id=event_id, order=order, **rest)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick (lựa chọn).

    `key` is at most 40 bytes of ASCII, because a Telegram button carries no more than 64 bytes.
    A `lasting` choice works however old its message is; any other only under the latest prompt.
    A choice `by_word` is never picked by a number: it stands beside a question for a figure.
    """

    key: str
    label: str
    lasting: bool = False
    by_word: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A recipe for a file: what to make when it is sent, never the file itself.

    `kind` names a renderer ("report_docx", "period_xlsx"); `parameters` are its plain arguments.
    """

    kind: str
    filename: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to tell a person (tin trả lời)."""

    text: str
    choices: tuple[Choice, ...] = ()
    attachment: Attachment | None = None

    def as_plain_text(self) -> str:
        """Write the choices as a numbered list, for a channel without buttons."""
        lines = [self.text]
        numbered = [c for c in self.choices if not c.by_word]
        lines += [f"{number}. {c.label}" for number, c in enumerate(numbered, start=1)]
        if numbered:
            lines.append("(Anh/chị gõ số để chọn.)")
        words = [f"“{c.label.lower()}”" for c in self.choices if c.by_word]
        if words:
            lines.append("Hoặc gõ: " + ", ".join(words) + ".")
        return "\n".join(lines)

    def as_body(self) -> dict[str, Any]:
        """Return what the outbox stores."""
        body: dict[str, Any] = {"text": self.text}
        if self.choices:
            body["choices"] = [[c.key, c.label, c.lasting, c.by_word] for c in self.choices]
        if self.attachment is not None:
            a = self.attachment
            body["attachment"] = [a.kind, a.filename, dict(a.parameters)]
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Reply":
        """Read back what `as_body` wrote."""
        choices = tuple(Choice(*row) for row in body.get("choices", ()))
        made = body.get("attachment")
        return cls(body["text"], choices, Attachment(*made) if made else None)


def read_choice(text: str, offered: Sequence[Choice]) -> Choice | None:
    """Tell which offered choice a person typed: its number, its label, or the label without marks.

    None when the text is none of them, or fits more than one.
    """
    said = fold(text).strip(" .")
    if not said:
        return None
    if said.isdecimal():
        numbered = [choice for choice in offered if not choice.by_word]
        number = int(said) if len(said) < 4 else 0
        return numbered[number - 1] if 1 <= number <= len(numbered) else None
    fitting = [choice for choice in offered if fold(choice.label).strip(" .") == said]
    return fitting[0] if len(fitting) == 1 else None


def split_text(text: str, most: int) -> list[str]:
    """Cut a long text into parts of at most `most` UTF-16 units, at line ends where it can.

    Platforms count UTF-16 code units (Telegram 4096, Zalo 2000), so an emoji counts as two.
    """
    parts: list[str] = []
    rest = text
    while _units(rest) > most:
        head = _longest_head(rest, most)
        cut = max(head.rfind("\n"), head.rfind(" ") if "\n" not in head else -1)
        if cut > 0:
            head = head[:cut]
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip("\n ")
    if rest or not parts:
        parts.append(rest)
    return parts


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _longest_head(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: most * 2].decode("utf-16-le", errors="ignore")
