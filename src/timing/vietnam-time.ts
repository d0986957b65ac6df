/**
 * Vietnam's time of day, Asia/Ho_Chi_Minh: UTC+7 all year, with no change since 1975. Citizens and officers
 * mean it, wherever the machine is and whatever zone it is set to (docs/adr/0044-what-an-officer-is-shown.md).
 */
export const vietnamOffset = '+07:00';

/** By which it is ahead of UTC. */
export const vietnamOffsetMs = 7 * 3_600_000;

/** For programs: `2026-11-25T15:03:22.031+07:00`. */
export function vietnamIso(date: Date): string {
  return new Date(date.getTime() + vietnamOffsetMs).toISOString().replace('Z', vietnamOffset);
}

/** For people: `2026-11-25 15:03:22 +07:00`. */
export function vietnamTime(date: Date): string {
  return `${vietnamIso(date).slice(0, 19).replace('T', ' ')} ${vietnamOffset}`;
}

/** The day there: `2026-11-25`. */
export function vietnamDay(date: Date): string {
  return vietnamIso(date).slice(0, 10);
}

/** When that day began there. */
export function startOfVietnamDay(date: Date): Date {
  return new Date(`${vietnamDay(date)}T00:00:00${vietnamOffset}`);
}
