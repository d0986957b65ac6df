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
/** A prime. */
const phones = 99_999_989;

/** Also of a number beyond the last account: then nobody has the code. */
export function personOf(id: number): Person {
  const digits = (number: number, factor: number, modulus: bigint, length: number) =>
    String((BigInt(number) * BigInt(factor)) % modulus).padStart(length, '0');
  const household = id % 4 === 0 ? id - 1 : id;
  return {
    id,
    bhxhCode: digits(id, scatter.code, 10n ** 10n, 10),
    phone: `+849${digits(household, scatter.phone, BigInt(phones), 8)}`,
    personalId: digits(id, scatter.personalId, 10n ** 12n, 12),
  };
}

/** The same of the number in the column `seq`. Every fourth person has the phone of another. */
export const personSql = {
  bhxhCode: `LPAD((seq * ${scatter.code}) % 10000000000, 10, '0')`,
  phone: `CONCAT('+849', LPAD(((seq - (seq % 4 = 0)) * ${scatter.phone}) % ${phones}, 8, '0'))`,
  personalId: `LPAD((seq * ${scatter.personalId}) % 1000000000000, 12, '0')`,
} as const;

/** As long as a hash of ours, and no password's. */
export const hashSql = `CONCAT('$argon2id$v=19$m=19456,t=2,p=1$', LEFT(TO_BASE64(RANDOM_BYTES(16)), 22), '$', LEFT(TO_BASE64(RANDOM_BYTES(32)), 43))`;
