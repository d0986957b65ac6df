/** The SMS that the owner of an account gets after every reset: a notification, without the secret. */

/** `{time}` is when the password changed; 1900.9068 is the number of the hotline. */
const template =
  'Mật khẩu VssID của quý khách vừa được cấp lại lúc {time}; nếu không phải quý khách yêu cầu, vui lòng gọi 1900.9068.';

const vietnam = new Intl.DateTimeFormat('vi-VN', {
  timeZone: 'Asia/Ho_Chi_Minh',
  hour: '2-digit',
  minute: '2-digit',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hourCycle: 'h23',
});

/**
 * The text of the SMS. It holds neither password nor code nor phone number, since anyone who holds the
 * handset may read it.
 *
 * @example smsText(Date.UTC(2026, 10, 22, 3, 5)) // '… cấp lại lúc 10:05 ngày 22/11/2026; …'
 */
export function smsText(changedAtMs: number): string {
  const parts = Object.fromEntries(
    vietnam.formatToParts(changedAtMs).map(({ type, value }) => [type, value]),
  );
  return template.replace(
    '{time}',
    `${parts['hour']}:${parts['minute']} ngày ${parts['day']}/${parts['month']}/${parts['year']}`,
  );
}
