/** The people of a filled registry: the same, by number, in SQL and here. Account `n` has the id `n`. */

export interface Person {
  readonly id: number;
  readonly bhxhCode: string;
  /** E.164. */
  readonly phone: string;
  readonly personalId: string;
}

/**
 * A product modulo a power of ten, by a factor without 2 and 5, meets each value once: codes are unique, and stand in
 * another order than ids, as in a registry that grew.
 */
const scatter = { code: 7_654_321_987, personalId: 45_678_912_347, phone: 48_271_933 };
/** Digits that follow the 9 in mobile numbers. Each begins ten million numbers. */
const prefixes = ['0', '1', '3', '4', '6', '7', '8'];
/** A prime. */
const phones = 69_999_989;

/**
 * Also of a number beyond the last account: then nobody has the code.
 *
 * @param edition everybody has another phone in another edition
 */
export function personOf(id: number, edition = 0): Person {
  const digits = (factor: number, modulus: bigint, length: number) =>
    String((BigInt(id) * BigInt(factor)) % modulus).padStart(length, '0');
  const household = id % 4 === 0 ? id - 1 : id;
  const number = Number((BigInt(household) * BigInt(scatter.phone)) % BigInt(phones));
  const prefix = prefixes[(Math.floor(number / 10_000_000) + edition) % prefixes.length]!;
  return {
    id,
    bhxhCode: digits(scatter.code, 10n ** 10n, 10),
    phone: `+849${prefix}${String(number % 10_000_000).padStart(7, '0')}`,
    personalId: digits(scatter.personalId, 10n ** 12n, 12),
  };
}

const phoneNumberSql = `((seq - (seq % 4 = 0)) * ${scatter.phone}) % ${phones}`;
const prefixSql = `ELT(1 + (${phoneNumberSql}) DIV 10000000, ${prefixes.map((prefix) => `'${prefix}'`).join(', ')})`;

/** The same of the number in the column `seq`. Every fourth person has the phone of another. */
export const personSql = {
  bhxhCode: `LPAD((seq * ${scatter.code}) % 10000000000, 10, '0')`,
  phone: `CONCAT('+849', ${prefixSql}, LPAD((${phoneNumberSql}) % 10000000, 7, '0'))`,
  personalId: `LPAD((seq * ${scatter.personalId}) % 1000000000000, 12, '0')`,
} as const;

/** As long as a hash of ours, and no password's. */
export const hashSql = `CONCAT('$argon2id$v=19$m=19456,t=2,p=1$', LEFT(TO_BASE64(RANDOM_BYTES(16)), 22), '$', LEFT(TO_BASE64(RANDOM_BYTES(32)), 43))`;
