"""The words a person may type to steer: commands, and plain words that mean the same."""

from isobot.domain.text import fold

COMMANDS: dict[str, tuple[str, ...]] = {
    "start": ("bat dau", "xin chao", "chao", "chao bot", "hello", "hi", "menu"),
    "cancu": ("can cu", "can cu phap ly"),
    "cacbuoc": ("cac buoc", "cac buoc thuc hien"),
    "baocao": ("bao cao", "nop bao cao", "lam bao cao", "lap bao cao", "nhap bao cao"),
    "tiendo": ("tien do", "tien do bao cao"),
    "maunhap": ("mau nhap", "lay mau nhap", "mau nhap lieu", "mau nhap xlsx", "mau excel"),
    "tonghop": ("tong hop", "tong hop so lieu", "tong hop bao cao", "xem tong hop"),
    "nhac": ("nhac viec", "nhac", "lich nhac", "lich nhac viec"),
    "hoannhac": ("hoan nhac", "hoan nhac viec"),
    "toi": ("toi la ai", "thong tin cua toi"),
    "roi": ("roi", "roi don vi", "roi vai tro"),
    "xoa": ("xoa du lieu", "xoa du lieu cua toi"),
    "bang": ("bang", "bang dieu hanh"),
    "bientap": ("bien tap", "bien tap noi dung"),
    "bangiay": ("da gui ban giay", "gui ban giay"),
    "khongphaitoi": ("khong phai toi",),
    "dalam": ("da lam", "da lam xong"),
    "nhachet": ("nhac cac don vi im lang",),
    "giahan": ("gia han mot don vi", "gia han"),
    "doinguoi": ("doi nguoi phu trach", "tao ma cho nguoi moi"),
    "dotbaocao": ("dot bao cao", "cac dot bao cao", "bao cao dot xuat", "dot bao cao dot xuat"),
    "modot": ("mo dot bao cao", "mo dot bao cao moi", "yeu cau bao cao", "mo dot"),
    "nhatky": ("nhat ky", "nhat ky nhac viec", "xem nhat ky"),
    "hanbaocao": ("doi han", "doi han bao cao"),
    "viechangnam": ("viec hang nam", "bat tat viec hang nam", "viec khong co bieu mau"),
    "themviec": ("them viec", "them viec can nhac"),
    "lichsu": ("lich su", "lich su bao cao"),
    "duyet": ("duyet bao cao", "bao cao cho duyet", "cho duyet"),
    "batduyet": ("bat duyet",),
    "tatduyet": ("tat duyet",),
    "uyquyen": ("uy quyen",),
    "batsovanban": ("bat so van ban", "yeu cau so van ban"),
    "tatsovanban": ("tat so van ban",),
    "thethuc": ("the thuc", "the thuc van ban", "sua the thuc", "chuc vu nguoi ky"),
    "truocky": ("truoc khi ky", "truoc khi trinh ky", "kiem tra truoc khi ky"),
    "bieudo": ("bieu do", "bieu do tien do"),
    "bangtonghop": ("bang tong hop", "tai bang tong hop"),
    "baocaotonghop": ("bao cao tong hop", "du thao bao cao tong hop"),
    "huy": ("huy", "huy bo", "thoat"),
    "quaylai": ("quay lai", "lui lai"),
    "trogiup": ("tro giup", "giup", "huong dan", "help"),
}
"""Each command and the folded plain words for it (DESIGN: the words the user may type)."""

DESCRIPTIONS: tuple[tuple[str, str], ...] = (
    ("start", "Bắt đầu, đăng ký đơn vị"),
    ("cancu", "Căn cứ pháp lý theo chủ đề"),
    ("cacbuoc", "Các bước xây dựng, áp dụng"),
    ("baocao", "Lập và gửi báo cáo định kỳ"),
    ("tiendo", "Xem đơn vị nào đã báo cáo"),
    ("nhac", "Lịch nhắc việc, hoãn nhắc"),
    ("toi", "Tôi là ai, giữ vai trò gì"),
    ("roi", "Rời một vai trò"),
    ("xoa", "Xóa dữ liệu cá nhân"),
    ("huy", "Dừng việc đang làm"),
    ("quaylai", "Quay lại câu trước"),
    ("trogiup", "Hướng dẫn sử dụng"),
)
"""What Telegram shows in its menu of commands."""

_PLAIN = {word: command for command, words in COMMANDS.items() for word in words}


def command_in(text: str) -> tuple[str, str] | None:
    """Read a command and what stands behind it; None when the text is none.

    "/baocao", "/baocao@ten_bot" and "báo cáo" are the same; an unknown "/word" comes back as it is.
    """
    said = text.strip()
    if said.startswith("/"):
        head, _, rest = said[1:].partition(" ")
        name = fold(head.partition("@")[0])
        return (name, rest.strip()) if name else None
    plain = _PLAIN.get(fold(said).strip(" .!"))
    return (plain, "") if plain else None
