/** The phone's words in Vietnamese. English (en.ts) has the same keys. */
import type { Failure } from '../call-end.ts';

const number = new Intl.NumberFormat('vi-VN');

export const vietnamese = {
  title: 'Điện thoại trong trình duyệt',
  purpose:
    'Dành cho lập trình viên: gọi tổng đài của máy này như một người dân. Trang này chỉ có khi chạy «make run», và chỉ mở được trên chính máy này.',
  console: 'Trang quản lý tổng đài',
  skip: 'Đến nội dung chính',
  otherLanguage: 'English',
  noScript: 'Trang này cần JavaScript.',
  caller: 'Ai gọi',
  withheld: 'Ẩn số',
  codes: (codes: readonly string[]) =>
    codes.length === 0 ? 'Không mã nào khớp với cuộc gọi ẩn số.' : `Mã để bấm: ${codes.join(' hoặc ')}`,
  call: 'Gọi 1900.9068',
  hangUp: 'Gác máy',
  statuses: {
    idle: 'Chưa gọi.',
    calling: 'Đang gọi …',
    talking: 'Đang trong cuộc gọi.',
    ended: { you: 'Bạn đã gác máy.', hotline: 'Tổng đài đã gác máy.' },
  },
  time: 'Thời gian',
  cost: 'Cước',
  money: (dong: number) => `${number.format(dong)} đ`,
  costHint: '1.000 đ cho mỗi phút bắt đầu.',
  loginPage: '/login',
  logIn: 'Đăng nhập VssID bằng mật khẩu đã nghe (trang mẫu, mở cửa sổ mới)',
  keypad: 'Bàn phím',
  keyName: (key: string) => ({ '*': 'sao', '#': 'thăng' })[key] ?? key,
  keyHint: 'Hoặc dùng bàn phím máy tính: 0–9 * #, Enter để gọi, Esc để gác máy.',
  volume: 'Âm lượng',
  captions: 'Phụ đề',
  captionsHint:
    'Trang nghe chính âm thanh của cuộc gọi và nhận ra từng bản ghi, kể cả các số của mật khẩu. Máy chủ không gửi phụ đề và không biết mật khẩu nào đã được đọc.',
  nothingYet: 'Chưa nghe gì.',
  hotline: 'Tổng đài',
  you: 'Bạn',
  keyed: (keys: string) => `bấm ${keys}`,
  digits: (digits: string) => `đọc số: ${digits}`,
  unknownSound: 'âm thanh không có trong các bản ghi',
  cutOff: '(bị ngắt)',
  noCaptions:
    'Trình duyệt này không cho trang xem các gói âm thanh (RTCRtpScriptTransform), nên không có phụ đề. Cuộc gọi vẫn dùng được.',
  microphone: {
    refused:
      'Trang không được dùng micrô. Cuộc gọi vẫn tiếp tục: bạn nghe và bấm phím như thường, tổng đài chỉ không nghe thấy bạn. Muốn dùng micrô, hãy cho phép ở thanh địa chỉ rồi gọi lại.',
    missing:
      'Máy này không có micrô. Cuộc gọi vẫn tiếp tục: bạn nghe và bấm phím như thường, tổng đài chỉ không nghe thấy bạn.',
  },
  notLoaded: 'Không đọc được cài đặt của điện thoại. Hãy xem «make run» còn chạy không, rồi tải lại trang.',
  failures: {
    unreachable: 'Không kết nối được với Asterisk. Hãy xem «make run» còn chạy không.',
    refused: 'Asterisk từ chối cuộc gọi. Nếu «make run» vừa được chạy lại thì hãy tải lại trang.',
    busy: 'Tổng đài báo bận: đã hết đường dây cho số này.',
    media:
      'Không lập được đường âm thanh. Asterisk cần một địa chỉ mạng ngoài 127.0.0.1, dù không dùng đến: hãy nối máy vào một mạng bất kỳ rồi gọi lại.',
    other: 'Cuộc gọi không thành.',
  } satisfies Record<Failure, string>,
};

export type PhoneWords = typeof vietnamese;
