/** Times as the console writes them: Vietnam's, which citizens and officers mean (docs/adr/0044-what-an-officer-is-shown.md). */
import { vietnamIso } from '../timing/vietnam-time.ts';

/** `2026-11-25 15:03:22` */
export function moment(date: Date): string {
  return vietnamIso(date).slice(0, 19).replace('T', ' ');
}

/** `15:03:22` */
export function clock(date: Date): string {
  return vietnamIso(date).slice(11, 19);
}

/** `2026-11-25`, for a field of a form. */
export function day(date: Date): string {
  return vietnamIso(date).slice(0, 10);
}
