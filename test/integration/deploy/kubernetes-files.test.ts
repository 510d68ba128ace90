import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { Deployment } from "kubernetes-models/apps/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, PersistentVolumeClaim, Service } from "kubernetes-models/v1";
import { parse } from "yaml";
import { commands } from "../../../agent/cli/commands.ts";
import { accepted } from "../../support/load-settings.ts";
import { PROJECT } from "../../support/page.ts";
import {
  addressPatch,
  configMap,
  deployment,
  kustomization,
  MANIFESTS,
  overlay,
  sourcesPatch,
} from "./kubernetes-shapes.ts";

const FOLDER = path.join(PROJECT, "deploy/kubernetes");
const read = (file: string): unknown => parse(readFileSync(path.join(FOLDER, file), "utf8"));

/** The schemas of Kubernetes' API, which hold types and what must be there, but take members that they do not know. */
const SCHEMAS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  Deployment,
  NetworkPolicy,
  PodDisruptionBudget,
  ConfigMap,
  PersistentVolumeClaim,
  Service,
};

const files = readdirSync(path.join(FOLDER, "base")).filter(
  (name) => name !== "kustomization.yaml",
);

describe("deploy/kubernetes/base", () => {
  it("lists every file that is there", () => {
    const { resources } = kustomization.parse(read("base/kustomization.yaml"));
    expect(resources).to.have.members(files);
  });

  for (const file of files) {
    it(`has a ${file} that Kubernetes' schemas take, without a member that they do not know`, () => {
      const manifest = read(`base/${file}`) as { kind: string };
      const schema = SCHEMAS[manifest.kind];
      const shape = MANIFESTS[manifest.kind];
      if (schema === undefined || shape === undefined)
        throw new Error(`no schema: ${manifest.kind}`);
      new schema(manifest as never).validate();
      const { success, error } = shape.safeParse(manifest);
      expect(success, error?.message).to.equal(true);
    });
  }

  it("fails for a manifest that is wrong, so that the schemas are read at all", () => {
    const manifest = structuredClone(read("base/deployment.yaml")) as {
      spec: { replicas: unknown };
    };
    manifest.spec.replicas = "one";
    expect(() => new Deployment(manifest as never).validate()).to.throw(/replicas/);
    const shape = MANIFESTS["Deployment"];
    const mistyped = { ...(read("base/deployment.yaml") as object), sepc: {} };
    expect(shape?.safeParse(mistyped).success).to.equal(false);
  });
});

describe("the Deployment", () => {
  const { spec } = deployment.parse(read("base/deployment.yaml"));
  const pod = spec.template.spec;
  const [operator] = pod.containers;

  it("never runs two agents on one store", () => {
    expect([spec.replicas, spec.strategy.type]).to.deep.equal([1, "Recreate"]);
  });

  it("has the specification's names and variables", () => {
    expect(spec.selector.matchLabels).to.deep.equal({ app: "room-operator" });
    expect(operator?.name).to.equal("operator");
    const token = operator?.env.find(({ name }) => name === "ROOM_AUTH_TOKEN");
    expect(token?.valueFrom?.secretKeyRef).to.deep.equal({
      name: "room-secrets",
      key: "auth-token",
    });
    const url = operator?.env.find(({ name }) => name === "RoomServer__BaseUrl");
    expect(url?.value).to.equal("http://room-server:5000");
    expect(operator?.ports[0]?.containerPort).to.equal(8080);
  });

  it("starts an agent whose configuration is accepted", async () => {
    const [command = ""] = operator?.args ?? [];
    expect(Object.keys(commands)).to.include(command);
    const { data } = configMap.parse(read("base/configmap.yaml"));
    expect(operator?.args[2]).to.equal("/etc/room-operator/appsettings.json");
    const env = Object.fromEntries(
      (operator?.env ?? []).map(({ name, value }) => [name, value ?? "a-token"]),
    );
    const config = await accepted(data["appsettings.json"], env);
    expect(config.git.sources).to.have.length(1);
  });

  it("mounts what it declares, and finds each secret in the example", () => {
    const declared = pod.volumes.map(({ name }) => name);
    expect(operator?.volumeMounts.map(({ name }) => name)).to.have.members(declared);
    const { secretGenerator } = overlay.parse(read("example/kustomization.yaml"));
    const keys = secretGenerator.flatMap(({ literals }) =>
      literals.map((each) => each.split("=")[0]),
    );
    const text = readFileSync(path.join(FOLDER, "base/configmap.yaml"), "utf8");
    const used = [...text.matchAll(/\/run\/secrets\/room-operator\/([\w-]+)/g)].map(
      ([, key]) => key,
    );
    expect(used).to.have.length(2);
    expect(keys).to.have.members([...used, "auth-token"]);
    expect(secretGenerator.map(({ name }) => name)).to.deep.equal(["room-secrets"]);
  });

  it("asks the agent's own probes, and gives it no rights", () => {
    expect(operator?.livenessProbe.httpGet.path).to.equal("/livez");
    expect(operator?.readinessProbe.httpGet.path).to.equal("/readyz");
    expect(pod.securityContext).to.include({
      runAsNonRoot: true,
      runAsUser: 65_532,
      fsGroup: 65_532,
    });
    expect(operator?.securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod.automountServiceAccountToken).to.equal(false);
  });

  it("is what Service, NetworkPolicy and PodDisruptionBudget select", () => {
    const labels = spec.template.metadata.labels;
    const service = read("base/service.yaml") as { spec: { selector: object } };
    const policy = read("base/network-policy.yaml") as {
      spec: { podSelector: { matchLabels: object } };
    };
    const budget = read("base/pod-disruption-budget.yaml") as {
      spec: { selector: { matchLabels: object } };
    };
    expect(service.spec.selector).to.deep.equal(labels);
    expect(policy.spec.podSelector.matchLabels).to.deep.equal(labels);
    expect(budget.spec.selector.matchLabels).to.deep.equal(labels);
  });
});

describe("deploy/kubernetes/example", () => {
  it("is an overlay of the base, of the image by its name", () => {
    const { resources, images } = overlay.parse(read("example/kustomization.yaml"));
    expect(resources).to.deep.equal(["../base"]);
    const { spec } = deployment.parse(read("base/deployment.yaml"));
    const [name] = spec.template.spec.containers[0]?.image.split(":") ?? [];
    expect(images.map((each) => each.name)).to.deep.equal([name]);
  });

  it("has a patch for the sources and one for the RoomServer's address, each of an object of the base", async () => {
    const { patches } = overlay.parse(read("example/kustomization.yaml"));
    const [sources, address, ...more] = patches.map(({ patch }): unknown => parse(patch));
    expect(more).to.deep.equal([]);
    const settings = sourcesPatch.parse(sources);
    const { metadata, data } = configMap.parse(read("base/configmap.yaml"));
    expect(settings.metadata.name).to.equal(metadata.name);
    expect(Object.keys(data)).to.deep.equal(Object.keys(settings.data));
    const { metadata: workload, spec } = addressPatch.parse(address);
    const base = deployment.parse(read("base/deployment.yaml"));
    expect(workload.name).to.equal(base.metadata.name);
    const [operator] = base.spec.template.spec.containers;
    const [{ name, env }] = spec.template.spec.containers;
    expect(name).to.equal(operator?.name);
    expect(operator?.env.map((each) => each.name)).to.include(env[0].name);
    const config = await accepted(settings.data["appsettings.json"], {
      ROOM_AUTH_TOKEN: "a-token",
      [env[0].name]: env[0].value,
    });
    expect(config.git.sources.map(({ webhook }) => webhook !== null)).to.deep.equal([true]);
  });
});
