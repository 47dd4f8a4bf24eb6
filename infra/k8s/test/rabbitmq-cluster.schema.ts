import { z } from 'zod';

const quantity = z.union([
  z.string().regex(/^\d+(\.\d+)?(m|[KMGTPE]i?|k)?$/, 'must be a quantity such as 2Gi'),
  z.int(),
]);
const resources = z.record(z.string(), quantity);
const podAffinityTerm = z.strictObject({
  topologyKey: z.string(),
  labelSelector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
});

/**
 * The custom resource of RabbitMQ's Cluster Operator. No npm package has its definition, so this is what the operator's
 * API reference says of the fields that the overlays use; a further field is added here before it is used there.
 */
export const RabbitmqCluster = z.strictObject({
  apiVersion: z.literal('rabbitmq.com/v1beta1'),
  kind: z.literal('RabbitmqCluster'),
  metadata: z.strictObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.strictObject({
    // Only odd sizes have a majority that is worth its nodes.
    replicas: z.union([z.literal(1), z.literal(3), z.literal(5), z.literal(7)]),
    image: z.string().optional(),
    persistence: z.strictObject({ storageClassName: z.string().optional(), storage: quantity.optional() }).optional(),
    resources: z.strictObject({ requests: resources.optional(), limits: resources.optional() }).optional(),
    affinity: z
      .strictObject({
        podAntiAffinity: z.strictObject({
          requiredDuringSchedulingIgnoredDuringExecution: z.array(podAffinityTerm),
        }),
      })
      .optional(),
    rabbitmq: z
      .strictObject({
        additionalConfig: z.string().max(2_000).optional(),
        additionalPlugins: z.array(z.string().regex(/^\w+$/, 'must be a plugin’s name')).max(100).optional(),
      })
      .optional(),
    tls: z.strictObject({ secretName: z.string().optional(), caSecretName: z.string().optional() }).optional(),
  }),
});
export type RabbitmqCluster = z.infer<typeof RabbitmqCluster>;
