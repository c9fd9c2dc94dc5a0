"""Registration: codes that give posts, and how a person takes, leaves and erases them (đăng ký)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.messages import Reply
from isobot.domain.people import Actor, Role
from isobot.domain.units import Unit, UnitDirectory
from isobot.errors import Refusal
from isobot.storage import office, people, retention
from isobot.storage.people import Holder
from isobot.storage.store import Store

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No I, L, O, 0 or 1: a code is read aloud over the phone."""

CODE_LENGTH = 8
"""31 signs, 8 places: about 40 bits, and a chat may guess only a few times an hour."""

VALID_FOR = timedelta(days=14)
LINK_VALID_FOR = timedelta(days=1)
GUESSES_AN_HOUR = 5


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a code gave: a role in a unit, or, without a unit, one more channel."""

    unit: Unit | None
    role: Role | None
    already: bool = False


def new_code() -> str:
    """Draw a code with a digit in it, so that no word is taken for one: "K7PM-2XQA"."""
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if any(sign.isdecimal() for sign in drawn):
            return f"{drawn[:4]}-{drawn[4:]}"


def plain_code(text: str) -> str | None:
    """Read a code as people type it (case, spaces and hyphen do not matter); None if it is none."""
    code = "".join(c for c in text.upper() if c not in " -_.")
    return code if len(code) == CODE_LENGTH and all(c in ALPHABET for c in code) else None


def hash_of(code: str) -> str:
    """Return what is stored of a code, so that the table opens no door."""
    return hashlib.sha256(f"isobot invitation {code}".encode()).hexdigest()


async def invite(
    store: Store,
    *,
    unit: Unit,
    role: Role,
    created_by: str,
    valid_for: timedelta = VALID_FOR,
) -> str:
    """Make a one-time code for a role in a unit, and return it; only its hash is kept."""
    code = new_code()
    await people.add_invitation(
        store.connection,
        code_hash=hash_of(code.replace("-", "")),
        unit=unit.code,
        province=unit.province,
        role=role,
        created_by=created_by,
        at=store.now,
        expires_at=store.now + valid_for,
    )
    return code


async def redeem(
    store: Store,
    *,
    code: str,
    actor: Actor,
    sender_key: str,
    chat_key: str,
    name: str,
    directory: UnitDirectory,
) -> Welcome:
    """Take the post that a code gives.

    Raises:
        Refusal: the code is unknown, spent or too old.
    """
    found = await people.find_invitation(store.connection, hash_of(code))
    if found is None:
        raise Refusal("Tôi không tìm thấy mã này. Anh/chị xem lại từng ký tự, hoặc xin quản trị viên mã mới.")
    unit = directory.get(found.unit)
    if unit is None and found.links is None:
        raise Refusal("Mã này thuộc một đơn vị không còn trong danh sách. Xin anh/chị báo quản trị viên.")
    if found.used_at is not None:
        if actor.id is not None and found.used_by == actor.id:
            return Welcome(unit, found.role, already=True)
        raise Refusal("Mã này đã được dùng rồi. Mỗi mã chỉ dùng một lần; xin quản trị viên cấp mã mới.")
    if found.expires_at < store.now:
        raise Refusal("Mã này đã hết hạn. Xin quản trị viên cấp mã mới.")
    if found.links is not None:
        return await _link(store, found, actor=actor, sender_key=sender_key, chat_key=chat_key)
    assert unit is not None
    assert found.role is not None
    person = actor.id
    if person is None:
        person = await people.add_person(
            store.connection, sender_key=sender_key, chat_key=chat_key, name=name, at=store.now
        )
    if not await people.use_invitation(store.connection, found.id, person=person, at=store.now):
        raise Refusal("Mã này vừa được người khác dùng. Xin quản trị viên cấp mã mới.")
    held = any(p.unit == unit.code and p.role is found.role for p in actor.own_posts)
    if not held:
        await people.add_post(
            store.connection,
            person=person,
            unit=unit.code,
            province=unit.province,
            role=found.role,
            granted_by=f"invitation {found.id}",
            at=store.now,
        )
    return Welcome(unit, found.role, already=held)


async def _link(
    store: Store, found: people.Invitation, *, actor: Actor, sender_key: str, chat_key: str
) -> Welcome:
    assert found.links is not None
    if actor.id == found.links:
        return Welcome(None, None, already=True)
    if actor.id is not None:
        raise Refusal("Kênh này đã đăng ký cho một người khác. Gõ /xoa ở kênh này trước, rồi gửi lại mã.")
    await people.use_invitation(store.connection, found.id, person=found.links, at=store.now)
    await people.add_identity(
        store.connection, person=found.links, sender_key=sender_key, chat_key=chat_key, at=store.now
    )
    return Welcome(None, None)


async def link_code(store: Store, *, actor: Actor) -> str:
    """Make a code that ties one more channel to the person who asks for it."""
    if actor.id is None:
        raise Refusal("Anh/chị chưa đăng ký đơn vị nào, nên chưa cần nối thêm kênh.")
    code = new_code()
    await people.add_invitation(
        store.connection,
        code_hash=hash_of(code.replace("-", "")),
        links=actor.id,
        created_by=f"person {actor.id}",
        at=store.now,
        expires_at=store.now + LINK_VALID_FOR,
    )
    return code


def guesses_left(memory: dict[str, object], now: datetime) -> int:
    """Tell how many wrong codes a chat may still send this hour."""
    return max(0, GUESSES_AN_HOUR - len(_recent_misses(memory, now)))


def note_miss(memory: dict[str, object], now: datetime) -> None:
    """Remember a wrong code."""
    memory["misses"] = [*_recent_misses(memory, now), now.timestamp()]


def _recent_misses(memory: dict[str, object], now: datetime) -> list[float]:
    kept = memory.get("misses")
    hour_ago = (now - timedelta(hours=1)).timestamp()
    return [m for m in kept if isinstance(m, float) and m > hour_ago] if isinstance(kept, list) else []


async def leave(store: Store, *, actor: Actor, post: int) -> None:
    """Give up a role.

    Raises:
        Refusal: the post is not this person's.
    """
    if all(p.id != post for p in actor.own_posts):
        raise Refusal("Vai trò này không còn là của anh/chị.")
    await people.end_post(store.connection, post, at=store.now)


async def end_role(store: Store, *, post: int, directory: UnitDirectory, by: str, why: str) -> Holder:
    """End somebody's role for an administrator at the command line, and tell the person.

    Reminders about the unit that wait to be sent are dropped when they would leave.

    Raises:
        Refusal: nobody holds such a post now, or there is no reason.
    """
    held = next((h for h in await people.holders(store.connection) if h.post.id == post), None)
    if held is None:
        raise Refusal(f"Không có vai trò số {post} đang hiệu lực. Xem số bằng: isobot people list")
    if not why.strip():
        raise Refusal('Cần lý do, ví dụ: --why "chuyển công tác"')
    await people.end_post(store.connection, post, at=store.now)
    await office.note_act(
        store.connection,
        kind="end-role",
        person=0,
        channel="cli",
        at=store.now,
        province=held.post.province,
        report=("", "", held.post.unit),
        before={"person": held.person, "role": held.post.role.value},
        after={"by": by},
        why=why,
    )
    if held.chats:
        unit = directory.get(held.post.unit)
        bot, chat = bot_and_chat(held.chats[0])
        store.send(bot, chat, _farewell(held.post.role, unit.place_name if unit else held.post.unit, why))
    return held


def _farewell(role: Role, unit: str, why: str) -> Reply:
    return Reply(
        f"Quản trị viên đã kết thúc vai trò của anh/chị: {role.label}, {unit}.\n"
        f"Lý do: {why}\n"
        "Nếu có nhầm lẫn, anh/chị liên hệ quản trị viên để nhận mã đăng ký mới."
    )


async def erase(store: Store, *, actor: Actor, chat_key: str) -> None:
    """Erase a person's name, chat identities and what was said; the unit's reports stay.

    Somebody unknown has said things too, in this chat.
    """
    if actor.id is None:
        await retention.forget_chats(store.connection, [chat_key])
    else:
        await retention.forget_chats(store.connection, await retention.chats_of(store.connection, actor.id))
        await people.erase(store.connection, actor.id, at=store.now)
