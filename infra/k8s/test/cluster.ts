import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import { type Kinds, type Manifest, nameOf, ofKind } from './manifest.js';
import { type Made, madeByOperators } from './operators.js';
import type { NamedPort, Pod } from './pod.js';

export type Workload = (Kinds['Deployment'] | Kinds['StatefulSet']) & Manifest;

/** A cluster after an overlay was applied and the operators have done their part, for checks to look things up in. */
export class KubernetesCluster {
  private readonly made: Made;

  constructor(private readonly manifests: Manifest[]) {
    this.made = madeByOperators(manifests);
  }

  all<K extends keyof Kinds>(kind: K): (Kinds[K] & Manifest)[] {
    return ofKind(this.manifests, kind);
  }

  get workloads(): Workload[] {
    return [...this.all('Deployment'), ...this.all('StatefulSet')];
  }

  /** Parley's own processes. */
  get apps(): (Kinds['Deployment'] & Manifest)[] {
    return this.all('Deployment');
  }

  get pods(): Pod[] {
    return [...this.workloads.map(podOf), ...this.made.pods];
  }

  get services(): { name: string; labels: Record<string, string>; ports: NamedPort[] }[] {
    const own = this.all('Service').map(({ metadata: { name, labels = {} }, spec }) => ({
      name,
      labels,
      ports: (spec?.ports ?? []).map((port) => ({ name: port.name, number: port.port })),
    }));
    return [...own, ...this.made.services];
  }

  /** The values of a Secret, or nothing when there is none. */
  secret(name: string): Record<string, string> | undefined {
    const own = this.all('Secret').find(({ metadata }) => metadata.name === name)?.data;
    const decoded = own && Object.entries(own).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
    return decoded ? Object.fromEntries(decoded) : this.made.secrets.find((each) => each.name === name)?.data;
  }

  /** The values of a ConfigMap, or nothing when there is none. */
  configMap(name: string): Record<string, string> | undefined {
    return this.all('ConfigMap').find(({ metadata }) => metadata.name === name)?.data;
  }
}

/** The pod that a Deployment or StatefulSet makes. */
export function podOf(workload: Workload): Pod {
  const ports = containersOf(workload).flatMap((container) => container.ports ?? []);
  return {
    of: nameOf(workload),
    labels: templateOf(workload).metadata?.labels ?? {},
    ports: ports.map((port) => ({ name: port.name, number: port.containerPort })),
  };
}

const templateOf = (workload: Workload): IPodTemplateSpec => workload.spec?.template ?? {};
export const podSpecOf = (workload: Workload) => templateOf(workload).spec ?? { containers: [] };
export const containersOf = (workload: Workload) => podSpecOf(workload).containers;

/** A label selector, as Deployments, policies and monitors have it. */
export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Whether a selector takes something with these labels. */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
