import { Cluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { type Manifest, nameOf } from './manifest.js';
import { RabbitmqCluster } from './rabbitmq-cluster.schema.js';
import { unreadFields } from './unread-fields.js';

const models = [
  Cluster,
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  PodMonitor,
  ScaledObject,
  Secret,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
  TriggerAuthentication,
];

/** One thing that a compiled validator finds wrong. */
interface Finding {
  instancePath: string;
  message?: string;
  params: object;
}

/** What is wrong with an object by the schema of its kind: wrong types and values, missing fields, unknown fields. */
export function schemaProblems(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest;
  if (kind === 'RabbitmqCluster') return rabbitmqProblems(manifest);
  const model = models.find((each) => each.kind === kind && each.apiVersion === apiVersion);
  if (!model) return [`${nameOf(manifest)}: no schema for ${apiVersion} ${kind}`];
  let findings: Finding[] = [];
  const unknown = unreadFields(manifest, (data) => {
    findings = findingsOf(() => model.prototype.validate.call(data as never));
  });
  return [
    ...findings.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`),
    ...unknown.map((path) => `${path} is not a field of ${apiVersion} ${kind}`),
  ].map((problem) => `${nameOf(manifest)}: ${problem}`);
}

function findingsOf(validate: () => void): Finding[] {
  try {
    validate();
    return [];
  } catch (error) {
    if (error instanceof Error && 'errors' in error) return error.errors as Finding[];
    throw error;
  }
}

function rabbitmqProblems(manifest: Manifest): string[] {
  const { error } = RabbitmqCluster.safeParse(manifest);
  return (error?.issues ?? []).map(({ path, message }) => `${nameOf(manifest)}: /${path.join('/')} ${message}`);
}
