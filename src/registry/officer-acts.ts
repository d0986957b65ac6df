/** What users of the console and of the command line do, for the audit log (docs/adr/0053). */

/** The vocabulary: a kind, and what goes with it. Codes and phones stand beside it, as keyed hashes ({@link OfficerAct}). */
export type Act =
  | { readonly kind: 'looked at call' | 'saved timeline of call'; readonly callId: string }
  | {
      readonly kind:
        'listed calls' | 'searched calls by code' | 'searched calls by phone' | 'exported figures';
      /** How they were narrowed otherwise, for example `{ outcome: 'mismatch', since: '2026-11-25' }`. */
      readonly filters: Readonly<Record<string, string | undefined>>;
    }
  | {
      readonly kind:
        'blocked resets by phone' | 'restricted resets by phone to call-backs' | 'allowed resets by phone';
      /** As the user gave it. */
      readonly reason: string;
    }
  | {
      readonly kind:
        'user added' | 'user changed' | 'user disabled' | 'user enabled' | 'password set' | 'sessions ended';
      /** The user it was done to. */
      readonly name: string;
      readonly role?: string;
    }
  | {
      readonly kind: 'recording made' | 'recording put live';
      /** As in prompts.yaml. */
      readonly prompt: string;
      /** Null: the program's own recording. */
      readonly version?: number | null;
    }
  | {
      readonly kind: 'looked at account' | 'signed in' | 'signed out' | 'drain ordered';
    };

/** An act, and who did it. */
export interface OfficerAct {
  /** The user of the console, or `cli:` and the user of the operating system; at most 64 characters. */
  readonly user: string;
  readonly what: Act;
  /** `subjectKey` of the code that was searched for, or whose account it was about. */
  readonly codeKey?: string;
  /** `subjectKey` of the phone that was searched for. */
  readonly phoneKey?: string;
}

/** The port that records them. */
export interface OfficerActs {
  /**
   * Writes the act's audit row. Nothing of what it is about may be shown before this has resolved. The row of a
   * look at a call has the code and the phone of that call, so that it is found by them.
   *
   * @throws RegistryUnavailable: the row was perhaps written
   */
  recordAct(act: OfficerAct): Promise<void>;
}

/** The act in words, as its row has it. */
export function spellAct(what: Act): string {
  if ('callId' in what) return `${what.kind} ${what.callId}`;
  if ('reason' in what) return `${what.kind}: ${what.reason}`;
  if ('filters' in what) return [what.kind, ...spellFilters(what.filters)].join(': ');
  if ('prompt' in what) return `${what.kind}: ${what.prompt}${spellVersion(what.version)}`;
  if ('name' in what) return `${what.kind}: ${what.name}${what.role === undefined ? '' : ` (${what.role})`}`;
  return what.kind;
}

function spellVersion(version: number | null | undefined): string {
  if (version === undefined) return '';
  return version === null ? ", the program's" : `, version ${version}`;
}

/** Empty without any. A code or a number that was typed into the wrong field is left out. */
function spellFilters(filters: Readonly<Record<string, string | undefined>>): string[] {
  const given = Object.entries(filters).flatMap(([name, value]) =>
    value ? `${name} ${value.replace(/\d{9,}/g, '…')}` : [],
  );
  return given.length === 0 ? [] : [given.join(', ')];
}
