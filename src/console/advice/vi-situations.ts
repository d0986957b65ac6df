/** What happened in each situation, and what an officer tells the citizen, in Vietnamese. Plain text. */
import type { Told } from './words.ts';
import type { SituationName } from './situations.ts';

export const situations: Readonly<Record<SituationName, Told>> = {
  changed: {
    happened: 'Đã nghe trọn mật khẩu một lần, rồi mật khẩu được đổi.',
    say: 'Xem mật khẩu dùng được đến giờ nào. Nếu đã quá giờ: gọi lại, ghi mật khẩu và đăng nhập ngay, rồi tự đặt mật khẩu mới. Nếu còn giờ: nhập đúng từng chữ số đã nghe.',
  },
  callBackPromised: {
    happened: 'Mã số khớp; tổng đài hẹn gọi lại số đã đăng ký. Cuộc gọi lại có một dòng riêng.',
    say: 'Xem cuộc gọi lại ngay sau đó. Cần nghe máy và bấm phím 1.',
  },
  phoneBusyAtCallBack: {
    happened: 'Tổng đài gọi lại, máy bận.',
    say: 'Gác máy sau khi được hẹn, để máy rảnh, rồi gọi lại tổng đài.',
  },
  phoneUnanswered: {
    happened: 'Tổng đài gọi lại, không ai nghe.',
    say: 'Mở máy, nghe cuộc gọi đến, rồi gọi lại tổng đài để được hẹn lần nữa.',
  },
  callBackFailed: {
    happened: 'Lỗi phía tổng đài hoặc nhà mạng; máy của người dân không đổ chuông.',
    say: 'Xin lỗi, hẹn gọi lại sau. Báo kỹ thuật lý do này: không ai được gọi lại cho đến khi sửa xong.',
  },
  noConsent: {
    happened: 'Có người (hoặc hộp thư thoại) nghe máy nhưng không bấm phím 1.',
    say: 'Gọi lại tổng đài; khi có cuộc gọi đến, bấm phím 1 để nghe.',
  },
  noMatch: {
    happened: 'Nhập hết số lần cho phép mà không lần nào khớp.',
    say: 'Kiểm tra mã số BHXH (10 số cuối trên thẻ BHYT) và gọi từ đúng số đã đăng ký. Nếu số đã đổi, đến cơ quan BHXH để cập nhật. Không nói mã hay số nào sai. Nếu họ chắc chắn đã nhập đúng, hãy xem tài khoản có đang bị chặn không.',
  },
  numberMoved: {
    happened: 'Trong lúc gọi, dữ liệu BHXH chuyển tài khoản sang số khác.',
    say: 'Gọi từ số mới. Nếu không phải do mình đổi, đến cơ quan BHXH.',
  },
  blockedMeanwhile: {
    happened: 'Trong lúc gọi, người quản trị đã chặn việc cấp lại mật khẩu qua điện thoại.',
    say: 'Xem tài khoản: ai chặn, từ lúc nào, vì sao. Chủ tài khoản nhận mật khẩu tại cơ quan BHXH.',
  },
  wrongLengths: {
    happened: 'Mỗi lần nhập đều thiếu hoặc thừa chữ số.',
    say: 'Nhập đủ các chữ số của mã số, không nhập chữ; bấm phím sao để nhập lại.',
  },
  silences: {
    happened: 'Ba lần không nhận được phím nào.',
    say: 'Bật bàn phím số khi nghe hỏi. Nếu đã bấm mà vẫn vậy, thử máy khác và báo kỹ thuật.',
  },
  numberWithheld: {
    happened: 'Cuộc gọi ẩn số.',
    say: 'Tắt ẩn số (hiện số gọi đi) rồi gọi lại từ số đã đăng ký.',
  },
  numberNotAsserted: {
    happened: 'Nhà mạng không xác nhận số gọi đến. Không phải lỗi của người dân.',
    say: 'Gọi lại bằng SIM di động của chính số đã đăng ký. Báo kỹ thuật nếu nhiều người gặp.',
  },
  numberUnreadable: {
    happened: 'Số gọi đến không phải số Việt Nam đọc được (số nước ngoài, tổng đài nội bộ, viết sai dạng).',
    say: 'Gọi từ số di động Việt Nam đã đăng ký. Báo kỹ thuật nếu họ đã gọi từ số ấy.',
  },
  numbersContradict: {
    happened: 'Nhà mạng đưa ra nhiều số khác nhau, không rõ ai gọi.',
    say: 'Gọi thẳng từ điện thoại đã đăng ký, không qua chuyển tiếp hay ứng dụng gọi.',
  },
  numberForged: {
    happened: 'Cuộc gọi mang dấu hiệu giả mạo số.',
    say: 'Nếu chính họ gọi: gọi lại từ SIM đã đăng ký. Nếu không: có người thử dùng số của họ, mật khẩu không bị đổi. Báo kỹ thuật.',
  },
  answeredTooEarly: {
    happened:
      'Lỗi cài đặt tổng đài: cuộc gọi đã được nhấc máy trước khi xét số. Không phải lỗi của người dân.',
    say: 'Báo kỹ thuật ngay: chưa ai gọi đường này được cấp mật khẩu. Gặp tổng đài viên.',
  },
  tooManyCallsAtOnce: {
    happened: 'Số này đang có quá nhiều cuộc gọi cùng lúc.',
    say: 'Gác các cuộc gọi khác rồi gọi lại.',
  },
  tooManyMismatches: {
    happened: 'Số này nhập sai quá nhiều lần trong một giờ hoặc một ngày.',
    say: 'Gọi lại sau một giờ, nếu vẫn vậy thì hôm sau, với đúng mã số.',
  },
  tooManyResets: {
    happened: 'Tài khoản vừa được cấp mật khẩu, hoặc đã đủ số lần trong ngày.',
    say: 'Dùng mật khẩu của lần gần nhất nếu còn giờ; nếu không, gọi lại sau một phút, hoặc hôm sau. Nếu không phải họ gọi, báo kỹ thuật.',
  },
  tooManyCallBacks: { happened: 'Hôm nay đã gọi lại số này đủ số lần.', say: 'Gọi lại hôm sau.' },
  overloaded: {
    happened: 'Tổng đài quá tải. Dòng có thể ghi chung nhiều cuộc gọi.',
    say: 'Xin lỗi, gọi lại sau ít phút.',
  },
  stopping: { happened: 'Tổng đài đang được bảo trì.', say: 'Xin lỗi, gọi lại sau ít phút.' },
  served: {
    happened:
      'Người gọi ở một nhánh khác nhánh 8, đến hết nhánh hoặc đến khi gác máy. Không ai hỏi hay đổi mật khẩu.',
    say: 'Mật khẩu vẫn như cũ. Nếu cần mật khẩu mới: gọi lại và bấm phím 8.',
  },
  operatorAsked: {
    happened: 'Người gọi bấm 0 để gặp tổng đài viên.',
    say: 'Hỏi xem đã gặp tổng đài viên chưa; gọi lại trong giờ làm việc.',
  },
  callerGone: {
    happened:
      'Gác máy hoặc mất sóng trước khi mật khẩu được đổi. Chi tiết cho biết đã đến đâu; không có chi tiết nào: chưa bấm phím nào của mã số (hoặc gác máy ngay khi vừa nhập đủ).',
    say: 'Gọi lại và nghe đến câu «Mật khẩu đã được thay đổi». Mật khẩu chỉ nghe dở thì không dùng được.',
  },
  lineWithoutSound: {
    happened: 'Máy giữ cuộc gọi quá lâu, hoặc không nhận được âm thanh.',
    say: 'Gọi lại, không bấm giữ máy, không nghe cuộc gọi khác giữa chừng.',
  },
  channelTaken: {
    happened: 'Cuộc gọi bị tổng đài ngắt hoặc chuyển đi trước khi đổi.',
    say: 'Xin lỗi, gọi lại. Báo kỹ thuật nếu lặp lại.',
  },
  databaseAway: {
    happened: 'Hệ thống dữ liệu không trả lời; người gọi đã được báo mật khẩu chưa đổi.',
    say: 'Xin lỗi, dùng mật khẩu cũ hoặc gọi lại sau.',
  },
  changeUnconfirmed: {
    happened:
      'Đã đọc mật khẩu nhưng không lưu được; lúc đó tổng đài nói là chưa xác nhận được. Nay bản ghi này xác nhận: mật khẩu không đổi.',
    say: 'Xin lỗi, dùng mật khẩu cũ hoặc gọi lại.',
  },
  resetReplaced: {
    happened:
      'Một cuộc gọi khác cho cùng tài khoản đã thay thế lần cấp này, số điện thoại của tài khoản vừa đổi, tài khoản vừa bị chặn, hoặc đọc quá lâu.',
    say: 'Xem cuộc gọi khác của cùng mã số. Chỉ gọi một cuộc một lúc.',
  },
  programFault: {
    happened: 'Lý do là tên một lỗi của chương trình.',
    say: 'Xin lỗi, gọi lại. Báo kỹ thuật mọi điều ghi ở đây về cuộc gọi.',
  },
  interrupted: {
    happened: 'Hệ thống dừng giữa cuộc gọi, trước khi mật khẩu được đổi.',
    say: 'Xin lỗi, gọi lại.',
  },
};
