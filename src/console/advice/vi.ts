/** What an officer reads about a call, in Vietnamese. */
import { reasons } from './vi-reasons.ts';
import { situations } from './vi-situations.ts';
import { steps } from './vi-steps.ts';
import type { AdviceWords } from './words.ts';

const nobodyVouches = 'Không ai xác nhận số này. Số được ghi (nếu có) chỉ là số mà cuộc gọi tự khai.';

export const vietnamese: AdviceWords = {
  outcomes: {
    changed: 'đã đổi',
    'call-back': 'hẹn gọi lại',
    'not-answered': 'gọi lại không được',
    mismatch: 'không khớp',
    'bad-input': 'mã sai độ dài',
    'no-input': 'không nhập mã số',
    'no-identity': 'không rõ số gọi',
    limited: 'bị giới hạn',
    operator: 'gặp tổng đài viên',
    served: 'đã phục vụ',
    'hung-up': 'gác máy giữa chừng',
    fault: 'lỗi kỹ thuật',
    interrupted: 'bị gián đoạn',
  },
  reasons,
  passwords: {
    old: 'cũ',
    new: 'mới',
    latest: 'lần gần nhất',
    other: 'không phải mật khẩu vừa nghe',
  },
  situations,
  verdicts: {
    asserted: { name: 'đã xác nhận', means: 'Nhà mạng xác nhận số này.' },
    contradictory: {
      name: 'mâu thuẫn',
      means:
        'Nhà mạng đưa ra hai số khác nhau. Có thể người khác đã mạo nhận số này: những lần nhập sai chưa chắc là của chủ số.',
    },
    unasserted: { name: 'nhà mạng không xác nhận', means: nobodyVouches },
    unattested: { name: 'không được chứng thực', means: nobodyVouches },
    withheld: { name: 'ẩn số', means: 'Số bị ẩn, bị thiếu hoặc không đọc được.' },
    notJudged: { name: 'không xét', means: 'Tổng đài gọi ra, hoặc cuộc gọi dừng trước khi xét số.' },
  },
  details: {
    branch: {
      name: 'Nhánh',
      means:
        'Cuộc gọi ở một nhánh khác nhánh 8, có tên ghi tại đây. Nhánh ấy không đổi mật khẩu nào, dù bên dưới có nói đến mật khẩu.',
    },
    validUntil: {
      name: 'Mật khẩu mới dùng được đến',
      means:
        'Mật khẩu mới chỉ dùng được đến giờ này (mười phút sau cuộc gọi, nếu PASSWORD_VALID_MINUTES không đặt khác). Đây là nguyên nhân khiếu nại thường gặp nhất: người dân đăng nhập khi đã quá giờ. Hãy mời họ gọi lại và đăng nhập ngay. Người dân đã đăng nhập hay chưa, tổng đài không biết; hệ thống VssID mới biết.',
    },
    noExpiry: { name: 'Mật khẩu mới không có thời hạn', means: 'Mật khẩu mới không có thời hạn.' },
    mismatches: {
      name: 'Số lần mã số không khớp',
      means:
        'Trong cuộc gọi, ngần ấy lần mã số đã nhập không khớp với số điện thoại, kể cả khi sau đó người gọi gác máy.',
    },
    incompleteCodes: {
      name: 'Số lần mã số thiếu chữ số',
      means:
        'Ngần ấy lần mã số thiếu chữ số, kể cả lần đang nhập dở thì cuộc gọi kết thúc. Dòng «the application ended during the call» không ghi được điều này.',
    },
    silences: {
      name: 'Số lần không nhận được phím nào',
      means:
        'Ngần ấy lần được hỏi mã số mà tổng đài không nhận được phím nào. Dòng «the application ended during the call» không ghi được điều này. Nếu người gọi nói là đã bấm, hãy báo kỹ thuật.',
    },
    readingBegun: {
      name: 'Đã bắt đầu đọc mật khẩu mới',
      means:
        'Mã số đã khớp và tổng đài đã bắt đầu đọc (hoặc sắp đọc) mật khẩu mới, nhưng cuộc gọi dừng trước khi mật khẩu được đổi.',
    },
  },
  steps,
};
