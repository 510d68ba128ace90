import { z } from "zod";

/*
 * The members that the manifests of this project have, and no others: Kubernetes drops a member that it does not know, and a
 * limit or right that is mistyped would be gone without a word.
 */

const labels = z.record(z.string(), z.string());
const metadata = z.strictObject({ name: z.string(), labels });
const selector = z.strictObject({ matchLabels: labels });
const port = z.union([z.int(), z.string()]);

function manifest<S extends z.ZodRawShape>(apiVersion: string, kind: string, rest: S) {
  return z.strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata,
    ...rest,
  });
}

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string(), port }),
  periodSeconds: z.int().optional(),
  timeoutSeconds: z.int().optional(),
  failureThreshold: z.int().optional(),
});

const variable = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({ secretKeyRef: z.strictObject({ name: z.string(), key: z.string() }) })
    .optional(),
});

const amounts = z.strictObject({ cpu: z.string().optional(), memory: z.string() });

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.int() })),
  env: z.array(variable),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  resources: z.strictObject({ requests: amounts, limits: amounts }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean(),
    capabilities: z.strictObject({ drop: z.array(z.string()) }),
  }),
  volumeMounts: z.array(
    z.strictObject({
      name: z.string(),
      mountPath: z.string(),
      readOnly: z.boolean().optional(),
    }),
  ),
});

const volume = z.strictObject({
  name: z.string(),
  persistentVolumeClaim: z.strictObject({ claimName: z.string() }).optional(),
  emptyDir: z.strictObject({}).optional(),
  configMap: z.strictObject({ name: z.string() }).optional(),
  secret: z.strictObject({ secretName: z.string(), defaultMode: z.int() }).optional(),
});

export const deployment = manifest("apps/v1", "Deployment", {
  spec: z.strictObject({
    replicas: z.int(),
    strategy: z.strictObject({ type: z.string() }),
    selector,
    template: z.strictObject({
      metadata: z.strictObject({ labels }),
      spec: z.strictObject({
        automountServiceAccountToken: z.boolean(),
        enableServiceLinks: z.boolean(),
        shareProcessNamespace: z.boolean(),
        terminationGracePeriodSeconds: z.int(),
        securityContext: z.strictObject({
          runAsNonRoot: z.boolean(),
          runAsUser: z.int(),
          runAsGroup: z.int(),
          fsGroup: z.int(),
          fsGroupChangePolicy: z.literal("OnRootMismatch"),
          seccompProfile: z.strictObject({ type: z.literal("RuntimeDefault") }),
        }),
        containers: z.array(container),
        volumes: z.array(volume),
      }),
    }),
  }),
});

const protocolPort = z.strictObject({ protocol: z.enum(["TCP", "UDP"]), port });

const networkPolicy = manifest("networking.k8s.io/v1", "NetworkPolicy", {
  spec: z.strictObject({
    podSelector: selector,
    policyTypes: z.array(z.string()),
    ingress: z.array(
      z.strictObject({
        from: z.array(z.strictObject({ podSelector: selector })),
        ports: z.array(protocolPort),
      }),
    ),
    egress: z.array(z.strictObject({ ports: z.array(protocolPort) })),
  }),
});

export const configMap = manifest("v1", "ConfigMap", {
  data: z.record(z.string(), z.string()),
});

/** By kind. */
export const MANIFESTS: Readonly<Record<string, z.ZodType>> = {
  Deployment: deployment,
  NetworkPolicy: networkPolicy,
  ConfigMap: configMap,
  PodDisruptionBudget: manifest("policy/v1", "PodDisruptionBudget", {
    spec: z.strictObject({ maxUnavailable: z.int(), selector }),
  }),
  Service: manifest("v1", "Service", {
    spec: z.strictObject({
      selector: labels,
      ports: z.array(z.strictObject({ name: z.string(), port: z.int(), targetPort: port })),
    }),
  }),
  PersistentVolumeClaim: manifest("v1", "PersistentVolumeClaim", {
    spec: z.strictObject({
      accessModes: z.array(z.string()),
      resources: z.strictObject({ requests: z.strictObject({ storage: z.string() }) }),
    }),
  }),
};

const kustomize = {
  apiVersion: z.literal("kustomize.config.k8s.io/v1beta1"),
  kind: z.literal("Kustomization"),
  resources: z.array(z.string()),
};

export const kustomization = z.strictObject(kustomize);

export const overlay = z.strictObject({
  ...kustomize,
  namespace: z.string(),
  images: z.array(
    z.strictObject({ name: z.string(), newName: z.string(), newTag: z.coerce.string() }),
  ),
  patches: z.array(z.strictObject({ patch: z.string() })),
  secretGenerator: z.array(z.strictObject({ name: z.string(), literals: z.array(z.string()) })),
  generatorOptions: z.strictObject({ disableNameSuffixHash: z.boolean() }),
});

const patched = z.strictObject({ name: z.string() });

/** What the overlay of the example changes of the base. */
export const sourcesPatch = z.strictObject({
  apiVersion: z.literal("v1"),
  kind: z.literal("ConfigMap"),
  metadata: patched,
  data: z.strictObject({ "appsettings.json": z.string() }),
});

export const addressPatch = z.strictObject({
  apiVersion: z.literal("apps/v1"),
  kind: z.literal("Deployment"),
  metadata: patched,
  spec: z.strictObject({
    template: z.strictObject({
      spec: z.strictObject({
        containers: z.tuple([
          z.strictObject({
            name: z.string(),
            env: z.tuple([z.strictObject({ name: z.string(), value: z.string() })]),
          }),
        ]),
      }),
    }),
  }),
});
