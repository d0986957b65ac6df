/** What the pages say. English has the same keys. */

const vietnamese = {
  language: 'vi',
  otherLanguage: ['en', 'English'],
  example: 'Trang mẫu dành cho lập trình viên, thay cho trang đăng nhập của VssID. Đừng nhập mật khẩu thật.',
  logIn: 'Đăng nhập VssID',
  code: 'Mã số BHXH',
  password: 'Mật khẩu',
  passwordHint: 'Nếu quên mật khẩu: gọi 1900\u00a09068, bấm phím 8 và ghi lại mật khẩu được đọc.',
  choose: 'Chọn mật khẩu mới',
  why: 'Mật khẩu nghe qua điện thoại chỉ dùng để đăng nhập một lần. Quý khách hãy chọn mật khẩu riêng; sau đó mật khẩu nghe qua điện thoại không dùng được nữa.',
  newPassword: 'Mật khẩu mới',
  newPasswordHint: 'Ít nhất 12 ký tự. Dễ nhớ mà khó đoán: bốn từ không liên quan với nhau.',
  repeated: 'Nhập lại mật khẩu mới',
  save: 'Lưu mật khẩu',
  home: 'Đã đăng nhập',
  welcome: 'Quý khách đã đăng nhập bằng mật khẩu do quý khách chọn.',
  logOut: 'Đăng xuất',
  notices: {
    refused:
      'Mã số hoặc mật khẩu không đúng, hoặc mật khẩu nghe qua điện thoại đã hết hạn, hay đã bị nhập sai 5 lần. Quý khách kiểm tra lại; nếu vẫn không được, hãy gọi 1900\u00a09068, bấm phím 8 để nhận mật khẩu mới.',
    wait: 'Mật khẩu đã bị nhập sai quá nhiều lần. Quý khách vui lòng thử lại sau 15 phút.',
    ended:
      'Phiên đăng nhập đã kết thúc, hoặc mật khẩu vừa được đổi ở nơi khác. Quý khách hãy đăng nhập lại bằng mật khẩu mới nhất.',
    unavailable: 'Hiện không kết nối được cơ sở dữ liệu. Quý khách vui lòng thử lại sau ít phút.',
    different: 'Hai lần nhập không giống nhau. Quý khách hãy nhập lại mật khẩu mới.',
    spoken: 'Đây là mật khẩu nghe qua điện thoại. Quý khách hãy chọn mật khẩu khác.',
    'too-short': 'Mật khẩu quá ngắn: cần ít nhất 12 ký tự.',
    'too-long': 'Mật khẩu quá dài: nhiều nhất 128 ký tự.',
    unprintable: 'Mật khẩu có ký tự không gõ được từ bàn phím: chỉ dùng chữ, số, dấu và khoảng trắng.',
    guessable:
      'Mật khẩu này dễ đoán (từ thông dụng, tên, năm, dãy phím, lặp lại). Hãy dùng bốn từ không liên quan với nhau.',
  },
};

export type Words = typeof vietnamese;
export type Notice = keyof Words['notices'];

const english: Words = {
  language: 'en',
  otherLanguage: ['vi', 'Tiếng Việt'],
  example: 'An example for developers, in place of the VssID login. Do not type a real password.',
  logIn: 'Log in to VssID',
  code: 'BHXH code',
  password: 'Password',
  passwordHint: 'Forgotten: call 1900\u00a09068, press 8 and write down the password that is read to you.',
  choose: 'Choose a new password',
  why: 'The password you heard on the phone opens one login only. Choose one of your own; then the one you heard works no more.',
  newPassword: 'New password',
  newPasswordHint:
    'At least 12 characters. Easy to remember, hard to guess: four words that have nothing to do with each other.',
  repeated: 'New password again',
  save: 'Save password',
  home: 'Logged in',
  welcome: 'You are logged in with a password that you chose.',
  logOut: 'Log out',
  notices: {
    refused:
      'The code or the password is wrong, or a password heard on the phone has expired or was entered wrongly 5 times. Check both; if it still fails, call 1900\u00a09068 and press 8 for a new one.',
    wait: 'Too many wrong passwords. Try again in 15 minutes.',
    ended:
      'The session has ended, or the password was changed elsewhere. Log in again with the newest password.',
    unavailable: 'The database cannot be reached. Try again in a few minutes.',
    different: 'The two entries differ. Enter the new password again.',
    spoken: 'This is the password you heard on the phone. Choose another one.',
    'too-short': 'The password is too short: expected at least 12 characters.',
    'too-long': 'The password is too long: expected at most 128 characters.',
    unprintable:
      'The password holds a character that no keyboard types: expected letters, digits, signs and spaces.',
    guessable:
      'The password is easy to guess (common words, names, years, rows of keys, repetitions). Use four words that have nothing to do with each other.',
  },
};

/** Vietnamese, unless the address asks for English (`?lang=en`). */
export function wordsFor(query: unknown): Words {
  return (query as { lang?: unknown }).lang === 'en' ? english : vietnamese;
}
