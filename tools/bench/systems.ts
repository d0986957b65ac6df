/** The systems that are measured side by side, and the number at which each is called. */
export const systems = {
  floor: { dial: 'bench-floor', title: 'dialplan only' },
  ours: { dial: '19009068', title: 'hotline' },
  ari: { dial: 'bench-ari', title: 'plain ari-client' },
  agi: { dial: 'bench-agi', title: 'FastAGI (ding-dong)' },
} as const;

export type System = keyof typeof systems;

export const systemNames = Object.keys(systems) as System[];

export function mapSystems<T>(of: (system: System) => T): Record<System, T> {
  return { floor: of('floor'), ours: of('ours'), ari: of('ari'), agi: of('agi') };
}
