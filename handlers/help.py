"""What can be done here, and what to say when nothing fits."""

from handlers.start import MENU
from isobot.chat.turn import Turn

HELP = (
    "Anh/chị cứ gõ câu hỏi bằng tiếng Việt, có dấu hay không dấu đều được.\n"
    "Hoặc gõ:\n"
    "• “báo cáo”: lập và gửi báo cáo của đơn vị\n"
    "• “căn cứ”: căn cứ pháp lý theo chủ đề\n"
    "• “các bước”: các bước xây dựng, áp dụng\n"
    "• “tiến độ”: đơn vị nào đã báo cáo; cơ quan nhận gõ “tổng hợp” để xem các tổng\n"
    "• “nhắc việc”: lịch nhắc, hoãn nhắc\n"
    "• “lịch sử”: ai đã nhập, sửa, gửi báo cáo; “ghi chú mục 5: ...” để ghi chú một số\n"
    "• “tôi là ai”: vai trò của anh/chị; “xóa dữ liệu” để xóa\n"
    "Khi đang nhập: “quay lại”, “sửa mục 7”, “hủy”. Số liệu đã nhập luôn được giữ."
)

UNKNOWN_COMMAND = "Tôi không có lệnh “{command}”. Anh/chị gõ “trợ giúp” để xem các lệnh."
OLD_BUTTON = "Nút này thuộc một tin cũ nên không dùng được nữa."
NOTHING_TO_LEAVE = "Hiện không có việc nào đang làm dở ở đây."
ONLY_TEXT = {
    "voice": "Tôi chưa nghe được tin thoại. Anh/chị gõ giúp tôi thành chữ.",
    "sticker": "Tôi chưa hiểu nhãn dán. Anh/chị gõ câu hỏi hoặc “trợ giúp”.",
    "photo": "Tôi chưa nhận ảnh ở bước này và không lưu ảnh vừa gửi. Anh/chị gõ số liệu bằng chữ.",
    "file": (
        "Tôi chưa nhận tệp ở bước này và không lưu tệp vừa gửi. Anh/chị gõ số liệu bằng chữ; "
        "xin đừng gửi tài liệu mật."
    ),
    "other": "Tôi chỉ đọc được tin dạng chữ. Anh/chị gõ giúp tôi.",
}


def show(turn: Turn) -> None:
    """List what can be done."""
    turn.say(HELP, *MENU[:5])
