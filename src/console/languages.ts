/** The two languages of the console. Vietnamese unless the officer chooses. */
import { english as englishAdvice } from './advice/en.ts';
import { vietnamese as vietnameseAdvice } from './advice/vi.ts';
import type { AdviceWords } from './advice/words.ts';
import { english } from './words/en.ts';
import { vietnamese, type Words } from './words/vi.ts';

export const languages = ['vi', 'en'] as const;
export type Language = (typeof languages)[number];

/** Of the pages, and of calls. */
export interface Dictionary {
  readonly words: Words;
  readonly advice: AdviceWords;
}

const dictionaries: Readonly<Record<Language, Dictionary>> = {
  vi: { words: vietnamese, advice: vietnameseAdvice },
  en: { words: english, advice: englishAdvice },
};

export function wordsOf(language: Language): Dictionary {
  return dictionaries[language];
}

/** The language of a cookie or query; undefined if it is neither of ours. */
export function readLanguage(text: unknown): Language | undefined {
  return languages.find((language) => language === text);
}
