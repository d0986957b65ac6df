/** The frame of every page, signing in, and what went wrong, in Vietnamese. */

const number = new Intl.NumberFormat('vi-VN');

export const frame = {
  count: (value: number) => number.format(value),
  product: 'Tổng đài cấp lại mật khẩu VssID',
  skip: 'Đến nội dung chính',
  otherLanguage: 'English',
  signedInAs: (name: string, role: string) => `${name} · ${role}`,
  roles: { viewer: 'xem số liệu', officer: 'cán bộ', admin: 'quản trị' },
  nav: {
    label: 'Trang',
    now: 'Hiện tại',
    day: 'Số liệu',
    calls: 'Cuộc gọi',
    account: 'Tài khoản',
    prompts: 'Lời thoại',
    users: 'Người dùng',
  },
  seconds: (ms: number) => `${(ms / 1000).toFixed(1).replace('.', ',')} giây`,
  wholeSeconds: (ms: number) => `${number.format(Math.round(ms / 1000))} giây`,
  none: '–',
  yes: 'có',
  no: 'không',
  signIn: {
    title: 'Đăng nhập',
    name: 'Tên đăng nhập',
    password: 'Mật khẩu',
    submit: 'Đăng nhập',
    out: 'Đăng xuất',
    refused:
      'Tên đăng nhập hoặc mật khẩu không đúng, hoặc người dùng này đã bị khoá. Hãy kiểm tra phím Caps Lock, bộ gõ tiếng Việt và dấu cách thừa.',
    wait: (seconds: number) =>
      `Chưa thể đăng nhập lúc này. Hãy thử lại sau ${seconds < 60 ? `${seconds} giây` : `${Math.ceil(seconds / 60)} phút`}.`,
    incomplete: 'Hãy nhập cả tên đăng nhập và mật khẩu.',
    ended: 'Bạn đã đăng xuất.',
    late: 'Phiên làm việc đã kết thúc trước khi biểu mẫu được gửi, nên chưa có gì được lưu. Hãy đăng nhập rồi nhập lại.',
    needed: 'Hãy đăng nhập để xem trang này. Phiên kết thúc sau 30 phút không dùng.',
  },
  errors: {
    title: 'Không thực hiện được',
    notFound: 'Không có trang này.',
    forbidden: (role: string) => `Trang này cần quyền «${role}». Hãy nhờ người quản trị.`,
    stale:
      'Biểu mẫu đã quá hạn hoặc không phải do trang này gửi. Không có gì thay đổi. Hãy mở lại trang và thử lần nữa.',
    away: 'Hiện không kết nối được cơ sở dữ liệu. Trang sẽ tự tải lại.',
    awayInForm:
      'Hiện không kết nối được cơ sở dữ liệu, nên chưa chắc biểu mẫu này đã được lưu. Hãy mở lại trang, xem kết quả rồi mới gửi lần nữa.',
    tooMany: 'Có quá nhiều yêu cầu từ địa chỉ này. Hãy thử lại sau một phút.',
    fault: 'Trang này gặp lỗi của phần mềm. Lỗi đã được ghi vào nhật ký.',
    tooLarge: 'Biểu mẫu quá lớn.',
    unreadable: 'Không đọc được yêu cầu này.',
    back: 'Về trang đầu',
  },
};
