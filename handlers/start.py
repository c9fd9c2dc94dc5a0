"""Greeting, registration, and who I am (bắt đầu, đăng ký, tôi là ai)."""

from handlers.services import Services
from isobot.actions import registration
from isobot.chat.turn import Turn
from isobot.domain.chat_keys import key_of
from isobot.domain.messages import Choice
from isobot.domain.people import Post, Role
from isobot.errors import Refusal
from isobot.storage import people

MENU = (
    Choice("go:baocao", "Làm báo cáo", lasting=True),
    Choice("go:cancu", "Căn cứ pháp lý", lasting=True),
    Choice("go:cacbuoc", "Các bước thực hiện", lasting=True),
    Choice("go:nhac", "Lịch nhắc việc", lasting=True),
    Choice("go:tiendo", "Tiến độ", lasting=True),
    Choice("go:trogiup", "Trợ giúp", lasting=True),
)

FIRST_WORDS = (
    "Xin chào anh/chị. Tôi là trợ lý tự động (chatbot) giúp cán bộ phụ trách ISO: trả lời về quy định, "
    "lập báo cáo định kỳ, nhắc hạn.\n"
    "Tôi lưu: tên hiển thị, đơn vị, vai trò, mã cuộc trò chuyện, và nội dung trao đổi trong một thời gian. "
    "Gõ /xoa để xóa bất cứ lúc nào.\n"
    "Xin đừng gửi tài liệu mật vào đây."
)
HOW_TO_REGISTER = (
    "Để báo cáo cho đơn vị, anh/chị gửi mã đăng ký do quản trị viên cấp (8 ký tự, ví dụ: K7PM-2XQA).\n"
    "Chưa có mã vẫn hỏi được: anh/chị cứ gõ câu hỏi."
)


async def greet(turn: Turn, services: Services, code: str = "") -> None:
    """Greet; with a code, register."""
    turn.conversation.leave()
    first = "greeted" not in turn.conversation.memory
    if first:
        turn.conversation.memory["greeted"] = True
        turn.say(FIRST_WORDS)
    if code:
        await register(turn, services, code)
        return
    if turn.actor.posts:
        roles = "\n".join(f"• {_post_line(post, services)}" for post in turn.actor.posts)
        turn.say(
            f"Anh/chị đang giữ vai trò:\n{roles}\nAnh/chị cần việc gì, hay cứ gõ câu hỏi?", *menu_for(turn)
        )
    else:
        turn.say(HOW_TO_REGISTER, *MENU[1:3], MENU[5])


async def register(turn: Turn, services: Services, text: str) -> None:
    """Take a code, wherever it was typed."""
    memory = turn.conversation.memory
    if not turn.incoming.private:
        turn.say("Mã đăng ký chỉ gửi trong cuộc trò chuyện riêng với tôi, không gửi vào nhóm.")
        return
    if registration.guesses_left(memory, turn.now) == 0:
        turn.say(
            "Anh/chị đã gửi sai mã quá nhiều lần. Xin chờ một giờ rồi thử lại, hoặc xin quản trị viên mã mới."
        )
        return
    code = registration.plain_code(text)
    incoming = turn.incoming
    try:
        if code is None:
            raise Refusal(
                "Mã đăng ký gồm 8 chữ cái và chữ số, ví dụ: K7PM-2XQA. Anh/chị xem lại và gửi lại mã."
            )
        welcome = await registration.redeem(
            turn.store,
            code=code,
            actor=turn.actor,
            sender_key=key_of(incoming.bot, incoming.sender),
            chat_key=turn.conversation.chat_key,
            name=incoming.sender_name.strip()[:120],
            directory=services.directory,
        )
    except Refusal as refusal:
        registration.note_miss(memory, turn.now)
        turn.say(str(refusal))
        return
    memory.pop("misses", None)
    memory["greeted"] = True
    if welcome.unit is None or welcome.role is None:
        turn.say("Đã nối kênh này với anh/chị. Báo cáo làm dở ở kênh kia có thể làm tiếp ở đây.", *MENU)
        return
    done = "Anh/chị đã đăng ký từ trước" if welcome.already else "Đăng ký xong"
    turn.say(
        f"{done}: {welcome.role.label}, {welcome.unit.place_name}.\n" + _first_steps(welcome.role),
        *(MENU if welcome.role is Role.REPORTER or turn.actor.units_to_report() else MENU[1:3] + MENU[4:]),
    )


def menu_for(turn: Turn) -> tuple[Choice, ...]:
    """Offer what this person can do: only reporters report, only receivers and units follow progress."""
    hidden = set()
    if turn.actor.posts and not turn.actor.units_to_report():
        hidden |= {"go:baocao", "go:nhac"}
    return tuple(choice for choice in MENU if choice.key not in hidden)


def _first_steps(role: Role) -> str:
    if role is Role.RECEIVER:
        return "Gõ “tiến độ” để xem đơn vị nào đã gửi số liệu, “tổng hợp” để xem các tổng."
    if role is Role.ADMIN:
        return "Cảnh báo của hệ thống được gửi vào đây. Gõ “biên tập” để soạn và duyệt nội dung."
    if role is Role.CURATOR:
        return "Gõ “biên tập” để xem câu hỏi chưa trả lời được, soạn và duyệt nội dung."
    if role is Role.REPORTER:
        return "Gõ “báo cáo” để xem kỳ đang mở; tôi sẽ nhắc trước hạn."
    return "Khi đơn vị chậm gửi, tôi báo anh/chị; gõ “nhắc việc” để xem vào ngày nào."


async def show_me(turn: Turn, services: Services) -> None:
    """Tell a person what is known of them."""
    actor = turn.actor
    if actor.id is None:
        chosen = services.provinces.get(str(turn.conversation.memory.get("province", "")))
        known = f"Tôi đang trả lời theo tỉnh {chosen.name} mà anh/chị đã chọn.\n" if chosen else ""
        choices = (Choice("me:province", "Đổi tỉnh", lasting=True),) if chosen else ()
        turn.say(f"Tôi chưa biết anh/chị là ai.\n{known}{HOW_TO_REGISTER}", *choices)
        return
    name = await people.name_of(turn.store.connection, actor.id)
    channels = await people.identities_of(turn.store.connection, actor.id)
    lines = [f"Tên hiển thị: {name or 'chưa lưu'}."]
    lines += [f"• {_post_line(post, services)}" for post in actor.posts] or ["Hiện chưa giữ vai trò nào."]
    lines.append(f"Số kênh đang nối: {len(channels)}.")
    turn.say(
        "\n".join(lines),
        Choice("me:link", "Dùng thêm kênh khác", lasting=True),
        Choice("go:roi", "Rời một vai trò", lasting=True),
        Choice("go:xoa", "Xóa dữ liệu của tôi", lasting=True),
    )


def forget_province(turn: Turn) -> None:
    """Forget the province that a person without a post chose for answers."""
    turn.conversation.memory.pop("province", None)
    turn.say("Vâng. Câu hỏi nào cần biết tỉnh, tôi sẽ hỏi lại anh/chị.")


async def give_link_code(turn: Turn) -> None:
    """Give a code for one more channel."""
    try:
        code = await registration.link_code(turn.store, actor=turn.actor)
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    turn.say(
        f"Mã nối kênh: {code} (dùng một lần, trong 24 giờ).\n"
        "Anh/chị mở tôi ở kênh kia (Zalo, Telegram hoặc web) rồi gửi mã này."
    )


async def ask_which_to_leave(turn: Turn, services: Services) -> None:
    """Offer the posts to leave."""
    if not turn.actor.own_posts:
        turn.say("Anh/chị hiện không giữ vai trò nào.")
        return
    turn.conversation.leave()
    choices = [Choice(f"me:leave:{p.id}", _post_line(p, services)) for p in turn.actor.own_posts]
    turn.say(
        "Anh/chị muốn rời vai trò nào? Báo cáo của đơn vị vẫn được giữ.",
        *choices,
        Choice("me:stay", "Không rời"),
    )


async def leave(turn: Turn, services: Services, post: int) -> None:
    """End a post of this person; what was entered in it stays with the unit."""
    held = next((p for p in turn.actor.own_posts if p.id == post), None)
    try:
        await registration.leave(turn.store, actor=turn.actor, post=post)
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    assert held is not None
    turn.say(f"Đã rời: {_post_line(held, services)}. Muốn nhận lại, anh/chị cần mã mới.")


async def ask_to_erase(turn: Turn) -> None:
    """Ask before erasing."""
    turn.conversation.leave()
    turn.say(
        "Xóa tên, các kênh liên lạc, nội dung trao đổi và mọi vai trò của anh/chị? "
        "Báo cáo đã nhập là hồ sơ của đơn vị nên vẫn "
        "được giữ, không còn gắn tên anh/chị.",
        Choice("me:erase", "Xóa"),
        Choice("me:stay", "Không xóa"),
    )


async def erase(turn: Turn) -> None:
    """Erase the person behind this chat."""
    await registration.erase(turn.store, actor=turn.actor, chat_key=turn.conversation.chat_key)
    turn.conversation.leave()
    turn.conversation.memory.clear()
    turn.say("Đã xóa tên, kênh liên lạc, vai trò và nội dung trao đổi của anh/chị. Cảm ơn anh/chị đã dùng.")


def _post_line(post: Post, services: Services) -> str:
    unit = services.directory.get(post.unit)
    name = unit.place_name if unit else post.unit
    province = services.provinces.get(post.province)
    where = f", {province.name}" if province and province.name not in name else ""
    lent = " (đang được ủy quyền)" if post.lent_by is not None else ""
    return f"{name}{where} – {post.role.label}{lent}"
