/**
 * Landline numbers as they were before 2017. Area codes changed in three steps that year (circular
 * 22/2014/TT-BTTTT: 11 February, 15 April, 17 June); the subscriber's own number stayed. Many an old area
 * code is a mobile prefix of today: 058 was Khánh Hoà and is a mobile network.
 */

/** Old area codes and their new ones, without the trunk 0. Phú Thọ, Vĩnh Phúc, Hoà Bình and Hà Giang kept theirs. */
// prettier-ignore
const newAreaCodes: Readonly<Record<string, string>> = {
  22: '212', 231: '213', 20: '214', 230: '215', 29: '216', // Sơn La, Lai Châu, Lào Cai, Điện Biên, Yên Bái
  52: '232', 53: '233', 54: '234', 510: '235', 511: '236', // Quảng Bình, Quảng Trị, Huế, Quảng Nam, Đà Nẵng
  37: '237', 38: '238', 39: '239', // Thanh Hoá, Nghệ An, Hà Tĩnh
  33: '203', 240: '204', 25: '205', 26: '206', 27: '207', // Quảng Ninh, Bắc Giang, Lạng Sơn, Cao Bằng, Tuyên Quang
  280: '208', 281: '209', 320: '220', 321: '221', 241: '222', // Thái Nguyên, Bắc Kạn, Hải Dương, Hưng Yên, Bắc Ninh
  31: '225', 351: '226', 36: '227', 350: '228', 30: '229', // Hải Phòng, Hà Nam, Thái Bình, Nam Định, Ninh Bình
  780: '290', 781: '291', 710: '292', 711: '293', 74: '294', // Cà Mau, Bạc Liêu, Cần Thơ, Hậu Giang, Trà Vinh
  76: '296', 77: '297', 79: '299', // An Giang, Kiên Giang, Sóc Trăng
  4: '24', 8: '28', 61: '251', 62: '252', 64: '254', // Hà Nội, TP. Hồ Chí Minh, Đồng Nai, Bình Thuận, Vũng Tàu
  55: '255', 56: '256', 57: '257', 58: '258', 68: '259', // Quảng Ngãi, Bình Định, Phú Yên, Khánh Hoà, Ninh Thuận
  60: '260', 501: '261', 500: '262', 63: '263', 59: '269', // Kon Tum, Đắk Nông, Đắk Lắk, Lâm Đồng, Gia Lai
  70: '270', 651: '271', 72: '272', 73: '273', 650: '274', // Vĩnh Long, Bình Phước, Long An, Tiền Giang, Bình Dương
  75: '275', 66: '276', 67: '277', // Bến Tre, Tây Ninh, Đồng Tháp
};

/** What a subscriber's number began with; those of the two cities have eight digits, all others seven. */
const cityNumber = /^[2-7][0-9]{7}$/;
const otherNumber = /^[2-8][0-9]{6}$/;

/** A number read as a landline from before 2017. */
export interface OldLandline {
  /** Without the trunk 0. */
  areaCode: string;
  /** Today's number of that line, E.164. */
  today: string;
}

/**
 * What a number meant before 2017, if it was a landline then. It may be a mobile of today as well.
 *
 * @param national digits without the trunk 0 or country code: `583812345`
 */
export function readOldLandline(national: string): OldLandline | null {
  for (const length of [1, 2, 3]) {
    const areaCode = national.slice(0, length);
    const newCode = newAreaCodes[areaCode];
    const subscriber = length === 1 ? cityNumber : otherNumber;
    if (newCode !== undefined && subscriber.test(national.slice(length)))
      return { areaCode, today: `+84${newCode}${national.slice(length)}` };
  }
  return null;
}
