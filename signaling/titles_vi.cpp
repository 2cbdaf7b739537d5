// The Vietnamese sentences behind the stable error codes: what happened and what to do next.

#include <array>
#include <utility>

#include "signaling/messages.hpp"

namespace diemcau::signaling {
namespace {

using Title = std::pair<std::string_view, std::string_view>;

constexpr auto kTitles = std::to_array<Title>({
    {"account.bad_username",
     "Tên đăng nhập không hợp lệ. Dùng 2–64 chữ thường không dấu, số, dấu chấm, gạch."},
    {"account.exists", "Tên đăng nhập đã có người dùng. Chọn tên khác."},
    {"account.not_found", "Không có tài khoản này. Kiểm tra lại tên đăng nhập."},
    {"account.weak_password", "Mật khẩu quá ngắn hoặc quá dài. Đặt mật khẩu từ 10 ký tự."},
    {"agenda.no_item", "Chương trình không có mục này. Chọn lại mục trong chương trình."},
    {"agenda.over", "Đã đến mục cuối của chương trình."},
    {"auth.bad_credentials", "Sai tên đăng nhập hoặc mật khẩu. Kiểm tra lại rồi đăng nhập."},
    {"auth.bad_origin", "Trang web này không được phép gọi máy chủ. Mở đúng địa chỉ của hệ thống."},
    {"auth.bad_token",
     "Mã truy cập không đúng hoặc đã hết hạn. Xin mã mới từ người tổ chức hội nghị."},
    {"auth.forbidden", "Bạn không có quyền làm việc này. Liên hệ thư ký hội nghị."},
    {"auth.no_session", "Phiên đăng nhập đã hết. Đăng nhập lại."},
    {"auth.other_meeting",
     "Mã truy cập này dành cho hội nghị khác. Dùng đúng mã của hội nghị này."},
    {"auth.required", "Bạn chưa đăng nhập. Đăng nhập rồi thử lại."},
    {"auth.too_many_attempts", "Đăng nhập sai quá nhiều lần. Đợi vài phút rồi thử lại."},
    {"disk.error", "Không ghi được vào ổ đĩa. Báo cán bộ kỹ thuật kiểm tra ổ ghi hình."},
    {"disk.full", "Ổ đĩa đã đầy. Báo cán bộ kỹ thuật giải phóng dung lượng rồi ghi hình lại."},
    {"disk.slow", "Ổ đĩa ghi quá chậm. Báo cán bộ kỹ thuật kiểm tra ổ ghi hình."},
    {"floor.already", "Điểm cầu này đang phát biểu."},
    {"floor.bad_order", "Thứ tự phát biểu không đúng. Sắp xếp lại danh sách."},
    {"floor.bad_time", "Thời lượng không hợp lệ. Chọn từ 1 giây đến 4 giờ."},
    {"floor.full", "Danh sách đăng ký phát biểu đã đầy. Đợi ít phút rồi đăng ký lại."},
    {"floor.nobody", "Chưa có điểm cầu nào đang phát biểu. Mời một điểm cầu trước."},
    {"floor.not_waiting", "Điểm cầu này không còn trong danh sách đăng ký phát biểu."},
    {"internal", "Máy chủ gặp lỗi. Thử lại; nếu còn lỗi, báo cán bộ kỹ thuật."},
    {"join.first", "Điểm cầu chưa vào phòng họp. Bấm Vào phòng họp trước."},
    {"lobby.waiting", "Điểm cầu đang ở phòng chờ. Chờ chủ tọa hoặc thư ký cho vào họp."},
    {"media.busy", "Máy chủ đang quá tải. Đợi ít giây rồi vào lại."},
    {"media.failed", "Mất đường truyền hình và tiếng. Kiểm tra mạng rồi vào lại."},
    {"meeting.bad_agenda",
     "Chương trình không hợp lệ. Mỗi mục cần tên từ 1 đến 300 ký tự, thời lượng đến 1440 phút."},
    {"meeting.bad_end", "Giờ kết thúc không hợp lệ. Chọn giờ kết thúc sau giờ bắt đầu."},
    {"meeting.bad_kind", "Loại hội nghị không hợp lệ. Nhập tối đa 100 ký tự."},
    {"meeting.bad_place", "Địa điểm không hợp lệ. Nhập tối đa 300 ký tự trên một dòng."},
    {"meeting.bad_speaking_time", "Thời gian phát biểu không hợp lệ. Nhập từ 0 đến 1440 phút."},
    {"meeting.bad_start", "Thời gian bắt đầu không hợp lệ. Chọn lại ngày giờ."},
    {"meeting.bad_state", "Trạng thái hội nghị này không có. Tải lại trang."},
    {"meeting.bad_step", "Hội nghị không còn ở trạng thái đó. Tải lại trang rồi làm lại."},
    {"meeting.bad_title", "Tên hội nghị không hợp lệ. Nhập tên từ 1 đến 300 ký tự."},
    {"meeting.closed", "Hội nghị đã kết thúc. Xem lại trong mục Bản ghi."},
    {"meeting.ended", "Hội nghị đã kết thúc."},
    {"meeting.full", "Phòng họp đã đủ chỗ. Đợi ít phút rồi vào lại."},
    {"meeting.not_found", "Không tìm thấy hội nghị này. Kiểm tra lại đường dẫn được gửi."},
    {"meeting.no_start", "Chưa có giờ bắt đầu. Nhập giờ họp rồi gửi giấy mời."},
    {"meeting.not_open", "Hội nghị chưa bắt đầu. Chờ thư ký mở phòng họp."},
    {"meeting.under_way",
     "Phòng họp đang mở nên phần này không sửa được. Dừng chạy thử hoặc đóng phòng chờ trước."},
    {"message.malformed", "Yêu cầu gửi lên không đúng. Tải lại trang rồi thử lại."},
    {"message.too_large", "Yêu cầu gửi lên quá lớn. Tải lại trang rồi thử lại."},
    {"message.unknown_type", "Máy chủ chưa hiểu yêu cầu này. Tải lại trang để dùng bản mới."},
    {"page.bad_cursor", "Vị trí trang không hợp lệ. Mở lại danh sách từ đầu."},
    {"participant.not_found", "Điểm cầu không còn trong phòng họp. Vào lại phòng họp."},
    {"recording.already", "Hội nghị đang được ghi hình. Không cần bắt đầu lại."},
    {"recording.bad_state", "Bản ghi chưa sẵn sàng. Đợi ghi xong rồi mở lại."},
    {"recording.damaged", "Bản ghi bị hỏng. Báo cán bộ kỹ thuật phục hồi."},
    {"recording.none", "Hội nghị chưa được ghi hình. Bấm Ghi hình trước."},
    {"recording.not_found", "Không tìm thấy bản ghi này. Mở lại danh sách bản ghi."},
    {"recording.not_ready", "Bản ghi chưa sẵn sàng. Đợi ghi xong rồi mở lại."},
    {"replaced", "Điểm cầu này đã vào từ nơi khác. Muốn họp tại đây, bấm Vào lại."},
    {"removed", "Điểm cầu đã được mời ra khỏi phòng họp. Liên hệ thư ký hội nghị."},
    {"ended", "Hội nghị đã kết thúc."},
    {"roll_call.bad_time", "Thời gian ở mỗi điểm cầu không hợp lệ. Chọn từ 1 đến 120 giây."},
    {"roll_call.no_substitute", "Điểm cầu này không cử người dự thay."},
    {"roll_call.not_expected", "Điểm cầu này không có trong danh sách triệu tập."},
    {"roll_call.not_open", "Chưa mở điểm danh. Bấm Điểm danh trước."},
    {"room.busy", "Có quá nhiều thao tác cùng lúc. Đợi ít giây rồi làm lại."},
    {"room.own_seat", "Không thể tự mời mình ra khỏi phòng họp."},
    {"request.bad_body", "Nội dung gửi lên không đúng. Kiểm tra lại các ô đã nhập."},
    {"request.bad_query", "Tham số của đường dẫn không đúng. Mở lại trang từ đầu."},
    {"request.bad_target", "Đường dẫn không hợp lệ. Mở lại trang từ đầu."},
    {"request.expectation", "Máy chủ không đáp ứng được yêu cầu kèm theo (Expect)."},
    {"request.head_too_large", "Phần đầu của yêu cầu quá dài. Xóa cookie của trang rồi thử lại."},
    {"request.malformed", "Yêu cầu không đúng chuẩn HTTP và bị từ chối."},
    {"request.media_type", "Kiểu nội dung gửi lên không được hỗ trợ."},
    {"request.method", "Địa chỉ này không nhận thao tác đó."},
    {"request.no_route", "Không có địa chỉ này. Kiểm tra lại đường dẫn."},
    {"request.precondition", "Dữ liệu đã thay đổi. Tải lại rồi làm lại."},
    {"request.precondition_required", "Thiếu điều kiện If-Match trong yêu cầu."},
    {"request.range", "Đoạn được yêu cầu nằm ngoài bản ghi. Phát lại từ đầu."},
    {"request.too_large", "Nội dung gửi lên quá lớn."},
    {"seat.not_found", "Không có điểm cầu này trong hội nghị. Chọn lại trong danh sách."},
    {"server.stopping", "Máy chủ đang khởi động lại. Trang sẽ tự kết nối lại."},
    {"site.not_connected", "Điểm cầu này chưa kết nối. Chọn điểm cầu đang có mặt."},
    {"stage.bad_pinned", "Danh sách điểm cầu đưa lên không đúng. Chọn tối đa 25 điểm cầu."},
    {"stage.unknown_layout", "Bố cục này không có. Chọn bố cục khác."},
    {"storage.busy", "Cơ sở dữ liệu đang bận. Thử lại sau ít giây."},
    {"storage.full", "Ổ đĩa đã đầy. Báo cán bộ kỹ thuật giải phóng dung lượng."},
    {"token.not_found", "Không có mã truy cập này. Mở lại danh sách mã."},
    {"units.none", "Chưa có danh mục đơn vị. Quản trị viên cần nhập danh mục."},
    {"units.bad_date", "Ngày không hợp lệ. Nhập theo dạng năm-tháng-ngày, ví dụ 2025-07-01."},
    {"units.bad_selector", "Danh sách điểm cầu được mời không đúng. Chọn lại đơn vị."},
    {"units.unknown", "Không có đơn vị này trong danh mục. Chọn lại đơn vị."},
    {"view.bad_page", "Tường hình không có trang này. Chọn trang khác."},
    {"view.no_picture", "Thiết bị này không nhận hình thứ hai. Cập nhật trình duyệt rồi vào lại."},
    {"view.other_codec", "Trình duyệt này không giải mã được hình của điểm cầu đó."},
    {"vote.already", "Điểm cầu này đã bỏ phiếu kín. Phiếu đã bỏ không đổi được."},
    {"vote.bad_ballot",
     "Phiếu không hợp lệ. Chọn đúng một ý kiến, hoặc ghi số phiếu của các đại biểu."},
    {"vote.none", "Không có cuộc biểu quyết nào ở bước này."},
    {"vote.not_eligible", "Điểm cầu này không có quyền biểu quyết trong cuộc họp."},
    {"vote.open", "Đang có một cuộc biểu quyết. Kết thúc và công bố kết quả trước."},
    {"web.not_built", "Giao diện web chưa được cài. Báo cán bộ kỹ thuật cài lại."},
    {"ws.subprotocol", "Trang không dùng đúng phiên bản giao tiếp. Tải lại trang."},
    {"ws.upgrade_required", "Địa chỉ này chỉ dùng cho kết nối WebSocket của trang họp."},
});

// What a user can do is the same for the whole family.
constexpr auto kFamilies = std::to_array<Title>({
    {"account.", "Thông tin tài khoản không đúng. Kiểm tra lại."},
    {"audio.", "Máy chủ không xử lý được âm thanh. Báo cán bộ kỹ thuật."},
    {"backup.", "Không sao lưu hoặc phục hồi được. Kiểm tra thư mục rồi thử lại."},
    {"config.", "Cấu hình máy chủ không đúng. Sửa tệp cấu hình rồi chạy lại."},
    {"csv.", "Tệp CSV không đọc được. Kiểm tra lại tệp rồi nhập lại."},
    {"disk.", "Ổ đĩa gặp lỗi. Báo cán bộ kỹ thuật."},
    {"dtls.", "Không bảo mật được đường truyền. Vào lại phòng họp."},
    {"endpoint.", "Mất đường truyền hình và tiếng. Vào lại phòng họp."},
    {"event.", "Không ghi được nhật ký hội nghị. Báo cán bộ kỹ thuật."},
    {"gst.", "Máy chủ không xử lý được hình hoặc tiếng. Báo cán bộ kỹ thuật."},
    {"h264.", "Hình gửi lên không hợp lệ. Tắt rồi bật lại camera."},
    {"ice.", "Không nối được đường truyền. Kiểm tra mạng, tường lửa rồi vào lại."},
    {"listen.", "Máy chủ không mở được cổng dịch vụ. Kiểm tra cấu hình."},
    {"mix.", "Máy chủ không trộn được hình. Báo cán bộ kỹ thuật."},
    {"opus.", "Máy chủ không xử lý được âm thanh. Báo cán bộ kỹ thuật."},
    {"recording.", "Bản ghi gặp lỗi. Báo cán bộ kỹ thuật."},
    {"rtcp.", "Gói tin gửi lên không hợp lệ."},
    {"rtp.", "Gói tin gửi lên không hợp lệ."},
    {"sdp.", "Trình duyệt hoặc thiết bị gửi mô tả kết nối không dùng được. Cập nhật rồi vào lại."},
    {"simulate.", "Không mô phỏng được điểm cầu. Kiểm tra địa chỉ và hội nghị."},
    {"srtp.", "Không bảo mật được đường truyền. Vào lại phòng họp."},
    {"storage.", "Cơ sở dữ liệu gặp lỗi. Báo cán bộ kỹ thuật."},
    {"token.", "Mã truy cập không hợp lệ. Tạo lại mã."},
    {"transport.", "Mất đường truyền hình và tiếng. Vào lại phòng họp."},
    {"units.", "Danh mục đơn vị không đúng. Kiểm tra lại danh mục."},
    {"vp8.", "Hình gửi lên không hợp lệ. Tắt rồi bật lại camera."},
});

constexpr std::string_view kGeneral =
    "Không thực hiện được yêu cầu. Thử lại; nếu còn lỗi, báo cán bộ kỹ thuật.";

}  // namespace

std::string_view title_vi(std::string_view code) {
  for (const auto& [known, title] : kTitles)
    if (known == code) return title;
  for (const auto& [family, title] : kFamilies)
    if (code.starts_with(family)) return title;
  return kGeneral;
}

}  // namespace diemcau::signaling
