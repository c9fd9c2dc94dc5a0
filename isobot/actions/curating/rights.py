"""What a curator hears who may not do something."""

NOT_YOURS = "Anh/chị chỉ biên tập được nội dung của tỉnh mình; nội dung này do quản trị viên phụ trách."
OWN_WORK = "Người soạn không tự duyệt được. Xin một người biên tập khác hoặc quản trị viên duyệt giúp."
