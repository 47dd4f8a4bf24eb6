/** What is done to an object, by `Kind name` and JSON pointer, and the message that it must lead to. */
export interface Mistake {
  what: string;
  object: string;
  at: string;
  /** The new value; without one, the field is taken away. */
  value?: unknown;
  message: RegExp;
}

const container = '/spec/template/spec/containers/0';

/** One of each kind of mistake that the checks are to find in the production overlay. */
export const mistakes: Mistake[] = [
  {
    what: 'an unknown field',
    object: 'Deployment posts',
    at: `${container}/readynessProbe`,
    value: {},
    message: /^Deployment posts: \/spec\/template\/spec\/containers\/0\/readynessProbe is not a field of apps\/v1/,
  },
  {
    what: 'an unknown field of a custom resource',
    object: 'ScaledObject comments',
    at: '/spec/maxReplicas',
    value: 3,
    message: /^ScaledObject comments: \/spec\/maxReplicas is not a field/,
  },
  {
    what: 'an unknown field of RabbitMQ',
    object: 'RabbitmqCluster rabbitmq',
    at: '/spec/persistance',
    value: {},
    message: /^RabbitmqCluster rabbitmq: \/spec .*persistance/,
  },
  {
    what: 'a missing field',
    object: 'Deployment posts',
    at: '/spec/selector',
    message: /^Deployment posts: \/spec must have required property selector/,
  },
  {
    what: 'a missing field of a custom resource',
    object: 'Cluster posts-db',
    at: '/spec/instances',
    message: /^Cluster posts-db: \/spec must have required property instances/,
  },
  {
    what: 'a wrong type',
    object: 'Service gateway',
    at: '/spec/ports/0/port',
    value: '3000',
    message: /^Service gateway: \/spec\/ports\/0\/port must be integer/,
  },
  {
    what: 'a kind of no known schema',
    object: 'Service gateway',
    at: '/apiVersion',
    value: 'v2',
    message: /^Service gateway: no schema for v2 Service/,
  },
  {
    what: 'a selector that does not match its own pods',
    object: 'Deployment posts',
    at: '/spec/selector/matchLabels',
    value: { 'app.kubernetes.io/name': 'post' },
    message: /^Deployment posts: \/spec\/selector does not match/,
  },
  {
    what: 'a Service that selects nothing',
    object: 'Service query-copies',
    at: '/spec/selector',
    value: { 'app.kubernetes.io/name': 'queries' },
    message: /^Service query-copies: \/spec\/selector matches no pod/,
  },
  {
    what: 'a port that the pods do not have',
    object: 'Service comments',
    at: '/spec/ports/0/targetPort',
    value: 'https',
    message: /^Service comments: \/spec\/ports\/0\/targetPort https is no port of Deployment comments/,
  },
  {
    what: 'a disruption budget for nothing',
    object: 'PodDisruptionBudget gateway',
    at: '/spec/selector/matchLabels',
    value: { app: 'gateway' },
    message: /^PodDisruptionBudget gateway: \/spec\/selector matches no pod/,
  },
  {
    what: 'a network policy on nothing',
    object: 'NetworkPolicy posts',
    at: '/spec/podSelector/matchLabels',
    value: { app: 'posts' },
    message: /^NetworkPolicy posts: \/spec\/podSelector matches no pod/,
  },
  {
    what: 'a network policy that lets nobody in',
    object: 'NetworkPolicy posts',
    at: '/spec/ingress/0/from/0/podSelector/matchLabels',
    value: { app: 'gateway' },
    message: /^NetworkPolicy posts: \/spec\/ingress\/0\/from\/0\/podSelector matches no pod/,
  },
  {
    what: 'a monitor of a port that is not there',
    object: 'ServiceMonitor rabbitmq',
    at: '/spec/endpoints/0/port',
    value: 'metrics',
    message: /^ServiceMonitor rabbitmq: \/spec\/endpoints\/0\/port metrics is no port of Service rabbitmq/,
  },
  {
    what: 'a Secret that does not exist',
    object: 'Deployment posts',
    at: `${container}/env/0/valueFrom/secretKeyRef/name`,
    value: 'post-db-app',
    message: /^Deployment posts: .*env\/DATABASE_URI Secret post-db-app does not exist/,
  },
  {
    what: 'a key that its Secret does not have',
    object: 'TriggerAuthentication rabbitmq',
    at: '/spec/secretTargetRef/0/key',
    value: 'url',
    message: /^TriggerAuthentication rabbitmq: .*Secret rabbitmq-default-user has no key url/,
  },
  {
    what: 'a ConfigMap that does not exist',
    object: 'Deployment query',
    at: `${container}/envFrom/0/configMapRef/name`,
    value: 'settings',
    message: /^Deployment query: .*envFrom\/0 ConfigMap settings does not exist/,
  },
  {
    what: 'a volume that is not there',
    object: 'Deployment query',
    at: `${container}/volumeMounts/0/name`,
    value: 'database',
    message: /^Deployment query: .*volumeMounts\/database is no volume/,
  },
  {
    what: 'an Ingress to a Service that does not exist',
    object: 'Ingress gateway',
    at: '/spec/rules/0/http/paths/0/backend/service/name',
    value: 'gate',
    message: /^Ingress gateway: \/spec backend Service gate does not exist/,
  },
  {
    what: 'an Ingress to a port that does not exist',
    object: 'Ingress gateway',
    at: '/spec/rules/0/http/paths/0/backend/service/port/name',
    value: 'https',
    message: /^Ingress gateway: \/spec backend port https is no port of Service gateway/,
  },
  {
    what: 'a variable that no schema knows',
    object: 'Deployment gateway',
    at: `${container}/env/0/name`,
    value: 'PROT',
    message: /^Deployment gateway: .*env PROT is no variable that gateway reads/,
  },
  {
    what: 'a value that the code refuses',
    object: 'ConfigMap parley',
    at: '/data/SHUTDOWN_TIMEOUT',
    value: 'soon',
    message: /^Deployment posts: the environment cannot be used:\n {2}SHUTDOWN_TIMEOUT: must be a duration/,
  },
  {
    what: 'a variable before the one that it refers to',
    object: 'Deployment posts',
    at: `${container}/env/0/name`,
    value: 'DATABASE_URI_2',
    message: /^Deployment posts: .*env\/DATABASE_URL refers to DATABASE_URI, which must stand before it/,
  },
  {
    what: 'a file that is not mounted',
    object: 'Deployment posts',
    at: `${container}/volumeMounts/0/mountPath`,
    value: '/etc/parley/ca',
    message: /^Deployment posts: .*env\/NODE_EXTRA_CA_CERTS \/etc\/parley\/database-ca\/ca.crt is not mounted/,
  },
  {
    what: 'a URL that leads nowhere',
    object: 'Service posts-copies',
    at: '/metadata/name',
    value: 'posts-pods',
    message: /^Deployment gateway: .*env\/POSTS_URLS leads to posts-copies:4000, which is no Service/,
  },
  {
    what: 'a port other than that of the code',
    object: 'Deployment moderation',
    at: `${container}/ports/0/containerPort`,
    value: 4004,
    message: /^Deployment moderation: the port must be 4003/,
  },
  {
    what: 'less time to stop than stopping takes',
    object: 'Deployment gateway',
    at: '/spec/template/spec/terminationGracePeriodSeconds',
    value: 30,
    message: /^Deployment gateway: .*terminationGracePeriodSeconds 30 must be more than stopping takes, 35/,
  },
  {
    what: 'a probe path that the code does not answer',
    object: 'Deployment comments',
    at: `${container}/readinessProbe/httpGet/path`,
    value: '/healthz',
    message:
      /^Deployment comments: .*readinessProbe asks for \/healthz; the code answers \/health\/live, \/health\/ready/,
  },
  {
    what: 'a probe of a port that is not there',
    object: 'Deployment comments',
    at: `${container}/livenessProbe/httpGet/port`,
    value: 'web',
    message: /^Deployment comments: .*livenessProbe asks at web, which is no port's name/,
  },
  {
    what: 'an image that the Dockerfile does not build',
    object: 'Deployment query',
    at: `${container}/image`,
    value: 'registry.example.com/parley/queries:0.1.0',
    message: /^Deployment query: .*image registry.example.com\/parley\/queries is not built for it/,
  },
  {
    what: 'a file system that can be written to',
    object: 'Deployment query',
    at: `${container}/securityContext/readOnlyRootFilesystem`,
    value: false,
    message: /^Deployment query: .*readOnlyRootFilesystem must be true/,
  },
  {
    what: 'an autoscaler of nothing',
    object: 'HorizontalPodAutoscaler query',
    at: '/spec/scaleTargetRef/name',
    value: 'queries',
    message: /^HorizontalPodAutoscaler query: \/spec\/scaleTargetRef Deployment queries does not exist/,
  },
  {
    what: 'two autoscalers of one Deployment',
    object: 'HorizontalPodAutoscaler query',
    at: '/spec/scaleTargetRef/name',
    value: 'comments',
    message: /^Deployment comments: .*not by HorizontalPodAutoscaler query and ScaledObject comments/,
  },
  {
    what: 'a ScaledObject of nothing',
    object: 'ScaledObject comments',
    at: '/spec/scaleTargetRef/name',
    value: 'comment',
    message: /^ScaledObject comments: \/spec\/scaleTargetRef Deployment comment does not exist/,
  },
  {
    what: 'a queue that does not exist',
    object: 'ScaledObject moderation',
    at: '/spec/triggers/0/metadata/queueName',
    value: 'comment.created',
    message: /^ScaledObject moderation: .*queueName comment.created is no queue: there are comments, moderation/,
  },
];
