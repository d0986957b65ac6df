/** The phone's words in both languages. Runs on the server and in the page. */
import { english } from './words/en.ts';
import { vietnamese, type PhoneWords } from './words/vi.ts';

export const languages = ['vi', 'en'] as const;
export type Language = (typeof languages)[number];

export function wordsOf(language: Language): PhoneWords {
  return language === 'en' ? english : vietnamese;
}

/** Undefined if it is neither of ours. */
export function readLanguage(text: unknown): Language | undefined {
  return languages.find((language) => language === text);
}
