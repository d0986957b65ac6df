/** What the page is told by its server. Runs in both. */

/** Somebody who calls. */
export interface Caller {
  /** Name of the endpoint of the PBX. Never the number: names of endpoints get into logs. */
  readonly user: string;
  /** In national form; null: withheld. */
  readonly phone: string | null;
  /** What the citizens of this phone key. */
  readonly codes: readonly string[];
}

export interface PhoneSettings {
  /** Asterisk's WebSocket: `ws://127.0.0.1:8088/ws`. */
  readonly server: string;
  readonly password: string;
  readonly callers: readonly Caller[];
  /** What each recording says, by its name: `hotline/menu`. */
  readonly texts: Readonly<Record<string, string>>;
  /** Whether /login is there, to use the password at. */
  readonly hasLogin: boolean;
}

/** A recording for telephone lines, as the page gets it. */
export interface SentRecording {
  readonly name: string;
  /** A-law, in base64. */
  readonly alaw: string;
}
