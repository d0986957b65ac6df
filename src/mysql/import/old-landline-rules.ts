/**
 * What to do with a number that was a landline before 2017. `convert`: it becomes that landline's number
 * of today. `reject`: the line is left out. `keep`: it is a mobile of today, if there is such a one.
 * `by-form`: rejected if it is written as a landline (`08 3812 3456`, `058.3812345`), otherwise kept.
 */
export const oldLandlineRules = ['by-form', 'convert', 'reject', 'keep'] as const;
export type OldLandlineRule = (typeof oldLandlineRules)[number];
