import {
  EVENT_STREAM,
  EVENT_SUBJECT_PREFIX,
  eventConsumerName,
  GRANT_STREAM,
  GRANT_SUBJECT,
  LOGOUT_STREAM,
  LOGOUT_SUBJECTS,
  logoutConsumerName,
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
  auditor: '_INBOX_audit',
  logoutReceiver: (receiver: string): string => `_INBOX_logout.${receiver}`,
  resourceServer: (instance: string): string => `_INBOX_rs.${instance}`,
} as const;

/** JetStream's API as resource servers see it from their own account. */
export const IMPORTED_API_PREFIX = 'ev.API';
/** Before the subjects of events as resource servers see them pass by, apart from the stream. */
export const LIVE_EVENTS_PREFIX = 'ev.live';

/** The name under which the sample client takes logout tokens. */
export const SAMPLE_RECEIVER = 'sample-client';

/** Public keys of the users, and which instances of resource servers and receivers of logout tokens there are. */
export interface NatsUserKeys {
  readonly provisioner: string;
  readonly relay: string;
  readonly rpc: string;
  /** Reads the streams for `tandem events replay`, and does nothing else. */
  readonly auditor: string;
  /** The sample client: calls the orders API, and takes its own logout tokens. */
  readonly client: string;
  /** Other applications that take their logout tokens from NATS. */
  readonly logoutReceivers?: readonly { readonly receiver: string; readonly publicKey: string }[];
  readonly resourceServers: readonly { readonly instance: string; readonly publicKey: string }[];
}

const list = (subjects: readonly string[]): string =>
  `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;

function user(publicKey: string, publish: readonly string[], subscribe: readonly string[]): string {
  return `      { nkey: ${publicKey}, permissions: { publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} } } }`;
}

/** What a listener may call of JetStream: read its own consumer, nothing else. */
const consumerSubjects = (stream: string, consumer: string): readonly string[] => [
  `${IMPORTED_API_PREFIX}.CONSUMER.INFO.${stream}.${consumer}`,
  `${IMPORTED_API_PREFIX}.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
  `$JS.ACK.${stream}.${consumer}.>`,
];
const receiverSubjects = (receiver: string): readonly string[] =>
  consumerSubjects(LOGOUT_STREAM, logoutConsumerName(receiver));

/** What is replayed, and how it is read: message by message, without a consumer. */
const auditorSubjects = [EVENT_STREAM, GRANT_STREAM].flatMap((stream) => [
  `${IMPORTED_API_PREFIX}.STREAM.INFO.${stream}`,
  `${IMPORTED_API_PREFIX}.DIRECT.GET.${stream}`,
]);

type Service = readonly [subject: string, isStream: boolean, localName?: string];
const ofApi = (call: string, isStream = false): Service => [
  `$JS.API.${call}`,
  isStream,
  `${IMPORTED_API_PREFIX}.${call}`,
];

/** Exported by the account that owns the streams, imported by the one in which their readers live. */
const SERVICES: readonly Service[] = [
  ...[EVENT_STREAM, LOGOUT_STREAM].flatMap((stream): readonly Service[] => [
    ofApi(`CONSUMER.INFO.${stream}.*`),
    ofApi(`CONSUMER.MSG.NEXT.${stream}.*`, true),
    [`$JS.ACK.${stream}.>`, false],
  ]),
  ...[EVENT_STREAM, GRANT_STREAM].flatMap((stream) => [ofApi(`STREAM.INFO.${stream}`), ofApi(`DIRECT.GET.${stream}`)]),
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
      [...consumerSubjects(EVENT_STREAM, eventConsumerName(instance)), ...rpcSubjects(instance), `${INBOXES.client}.>`],
      [
        `${INBOXES.resourceServer(instance)}.>`,
        `${LIVE_EVENTS_PREFIX}.${EVENT_SUBJECT_PREFIX}>`,
        ...Object.values(ORDERS_SUBJECTS),
      ],
    ),
  );
  const logoutReceivers = (users.logoutReceivers ?? []).map(({ receiver, publicKey }) =>
    user(publicKey, receiverSubjects(receiver), [`${INBOXES.logoutReceiver(receiver)}.>`]),
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
    'jetstream { max_mem: 64MB, max_file: 2GB, sync_interval: always }',
    'accounts {',
    '  EVENTS {',
    // A cluster counts a stream once for each of its replicas when the provisioner brings it up to date.
    '    jetstream { max_streams: 4, max_consumers: 64, max_file: 2GB }',
    '    users: [',
    user(users.provisioner, ['$JS.API.>'], [`${INBOXES.provisioner}.>`]),
    user(users.relay, [`${EVENT_SUBJECT_PREFIX}>`, GRANT_SUBJECT, LOGOUT_SUBJECTS], [`${INBOXES.relay}.>`]),
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
    user(users.auditor, auditorSubjects, [`${INBOXES.auditor}.>`]),
    user(
      users.client,
      [...Object.values(ORDERS_SUBJECTS), ...receiverSubjects(SAMPLE_RECEIVER)],
      [`${INBOXES.client}.>`],
    ),
    ...logoutReceivers,
    ...resourceServers,
    '    ]',
    '  }',
    '}',
    '',
  ].join('\n');
}
