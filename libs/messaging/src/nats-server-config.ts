import {
  EVENT_STREAM,
  EVENT_SUBJECT_PREFIX,
  eventConsumerName,
  ORDERS_SUBJECTS,
  RPC_VERBS,
  rpcSubjectPattern,
} from '@tandem/contracts';

/** Inbox of each user; its permission names exactly this one, so nobody reads another's answers. */
export const INBOXES = {
  provisioner: '_INBOX_prov',
  relay: '_INBOX_relay',
  rpc: '_INBOX_rpc',
  client: '_INBOX_client',
  resourceServer: (instance: string): string => `_INBOX_rs.${instance}`,
} as const;

/** JetStream's API as resource servers see it from their own account. */
export const IMPORTED_API_PREFIX = 'ev.API';
/** Before the subjects of events as resource servers see them pass by, apart from the stream. */
export const LIVE_EVENTS_PREFIX = 'ev.live';

/** Public keys of the users, and which instances of resource servers there are. */
export interface NatsUserKeys {
  readonly provisioner: string;
  readonly relay: string;
  readonly rpc: string;
  readonly client: string;
  readonly resourceServers: readonly { readonly instance: string; readonly publicKey: string }[];
}

const list = (subjects: readonly string[]): string =>
  `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;

function user(publicKey: string, publish: readonly string[], subscribe: readonly string[]): string {
  return `      { nkey: ${publicKey}, permissions: { publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} } } }`;
}

/** What a resource server may call of JetStream: read its own consumer, nothing else. */
function consumerSubjects(instance: string): readonly string[] {
  const consumer = eventConsumerName(instance);
  return [
    `${IMPORTED_API_PREFIX}.CONSUMER.INFO.${EVENT_STREAM}.${consumer}`,
    `${IMPORTED_API_PREFIX}.CONSUMER.MSG.NEXT.${EVENT_STREAM}.${consumer}`,
    `$JS.ACK.${EVENT_STREAM}.${consumer}.>`,
  ];
}

/** Exported by the account that owns the stream, imported by the one in which APIs live. */
const SERVICES: readonly (readonly [subject: string, isStream: boolean, localName?: string])[] = [
  [`$JS.API.CONSUMER.INFO.${EVENT_STREAM}.*`, false, `${IMPORTED_API_PREFIX}.CONSUMER.INFO.${EVENT_STREAM}.*`],
  [`$JS.API.CONSUMER.MSG.NEXT.${EVENT_STREAM}.*`, true, `${IMPORTED_API_PREFIX}.CONSUMER.MSG.NEXT.${EVENT_STREAM}.*`],
  [`$JS.ACK.${EVENT_STREAM}.>`, false],
];

const exported = [
  ...SERVICES.map(
    ([subject, isStream]) =>
      `      { service: "${subject}"${isStream ? ', response_type: stream' : ''}, accounts: [APIS] }`,
  ),
  // What the relay publishes is a plain message too: it arrives although nobody leads the stream at the moment.
  `      { stream: "${EVENT_SUBJECT_PREFIX}>", accounts: [APIS] }`,
];
const imported = [
  ...SERVICES.map(
    ([subject, , localName]) =>
      `      { service: { account: EVENTS, subject: "${subject}" }${localName === undefined ? '' : `, to: "${localName}"`} }`,
  ),
  `      { stream: { account: EVENTS, subject: "${EVENT_SUBJECT_PREFIX}>" }, prefix: "${LIVE_EVENTS_PREFIX}" }`,
];

/**
 * The server's configuration: who may do what. The stream lives in an account of its own, so that nobody who calls APIs
 * can aim a reply into it; no running service may create consumers, since a consumer can be told to deliver anywhere.
 */
export function renderNatsServerConfig({
  users,
  monitorPort,
}: {
  readonly users: NatsUserKeys;
  readonly monitorPort?: number;
}): string {
  const rpcSubjects = (instance: string): readonly string[] =>
    RPC_VERBS.map((verb) => rpcSubjectPattern(verb).replace('*', eventConsumerName(instance)));
  const resourceServers = users.resourceServers.map(({ instance, publicKey }) =>
    user(
      publicKey,
      [...consumerSubjects(instance), ...rpcSubjects(instance), `${INBOXES.client}.>`],
      [
        `${INBOXES.resourceServer(instance)}.>`,
        `${LIVE_EVENTS_PREFIX}.${EVENT_SUBJECT_PREFIX}>`,
        ...Object.values(ORDERS_SUBJECTS),
      ],
    ),
  );
  return [
    'max_payload: 64KB',
    'max_connections: 256',
    'max_control_line: 4KB',
    'max_subscriptions: 256',
    'write_deadline: "2s"',
    'ping_interval: "10s"',
    'ping_max: 2',
    ...(monitorPort === undefined ? [] : [`http: "127.0.0.1:${monitorPort}"`]),
    // An acknowledged event survives a power failure; only the relay waits for the disk.
    'jetstream { max_mem: 64MB, max_file: 1GB, sync_interval: always }',
    'accounts {',
    '  EVENTS {',
    // A cluster counts the stream once for each of its replicas when the provisioner brings it up to date.
    '    jetstream { max_streams: 4, max_consumers: 64, max_file: 1GB }',
    '    users: [',
    user(users.provisioner, ['$JS.API.>'], [`${INBOXES.provisioner}.>`]),
    user(users.relay, [`${EVENT_SUBJECT_PREFIX}>`], [`${INBOXES.relay}.>`]),
    '    ]',
    '    exports: [',
    ...exported,
    '    ]',
    '  }',
    '  APIS {',
    '    imports: [',
    ...imported,
    '    ]',
    '    users: [',
    user(users.rpc, ['_INBOX_rs.>'], RPC_VERBS.map(rpcSubjectPattern)),
    user(users.client, Object.values(ORDERS_SUBJECTS), [`${INBOXES.client}.>`]),
    ...resourceServers,
    '    ]',
    '  }',
    '}',
    '',
  ].join('\n');
}
