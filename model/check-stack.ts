/** Checks of the stack itself: its name, its engine, its releases, and the risks that it takes with data. */

import { kindOf } from "../components/kinds";
import { isElsewhere } from "./engine-host";
import { ENVIRONMENT_NAME, isThrowaway } from "./environments";
import { PINNED } from "./image-reference";
import { suggestion } from "./nearest";
import type { Problem } from "./problems";
import type { Product } from "./product";
import type { SelectedProduct } from "./selection";
import { opensItself, type Risk, RISKS, type StackConfig } from "./stack-config";
import { asFarAsReadable } from "./unreadable";

/** The stack's name has the form of an environment's. */
export function checkEnvironment(environment: string): Problem[] {
    return ENVIRONMENT_NAME.pattern.test(environment)
        ? []
        : [
              {
                  key: "stack name",
                  value: `"${environment}"`,
                  accepted: ENVIRONMENT_NAME.accepted,
                  next: "choose another one: pulumi stack init <name>",
              },
          ];
}

/**
 * An engine over TCP needs certificates, and the engine must be on the machine where the program runs. The program
 * configures servers through the edge's ports on 127.0.0.1. With a remote engine it would wait in vain, or configure a
 * foreign server on its own machine's ports.
 */
export function checkEngine({ engine }: Pick<StackConfig, "engine">): Problem[] {
    const { host, certPath } = engine;
    const key = "strata:engine.host";
    const problems: Problem[] = [];
    if (host.startsWith("tcp:") && certPath === undefined) {
        problems.push({
            key,
            value: `"${host}"`,
            accepted: "an engine over TLS, over ssh, or through a socket, never in clear text",
            next: "name the folder with ca.pem, cert.pem and key.pem in strata:engine.certPath, or use ssh://user@host",
        });
    }
    if (isElsewhere(engine)) {
        problems.push({
            key,
            value: `"${host}"`,
            accepted:
                "an engine on this machine: what is inside Vault is declared through a port on the engine's own 127.0.0.1",
            next: "run strata on that machine, or name an engine of this one (strata:engine.host or DOCKER_HOST)",
        });
    }
    return problems;
}

/** Releases name applications that exist; with `strata:unreleased` at `refuse`, every application that runs has one. */
export function checkReleases(
    config: Pick<StackConfig, "releases" | "unreleased">,
    products: readonly Product[],
    selected: readonly SelectedProduct[],
): Problem[] {
    const known = products.flatMap((product) => releasedOf(product.name, product.services));
    const unknown = Object.keys(config.releases)
        .filter((name) => !known.includes(name))
        .map((name) => ({
            key: `strata:releases.${name}`,
            accepted: "an application or a job of a product with an image of its own, as <product>/<service>",
            next: `${suggestRelease(name, known)}correct the name or take it out`,
        }));
    if (config.unreleased !== "refuse") {
        return unknown;
    }
    const missing = selected
        .flatMap(({ product, services }) => releasedOf(product.name, services))
        .filter((name) => !(name in config.releases))
        .map((name) => ({
            key: `strata:releases.${name}`,
            accepted: PINNED.accepted,
            next: "promote a release of it, or set strata:unreleased to reference-app to run the reference application instead",
        }));
    return [...unknown, ...missing];
}

/**
 * Refuses settings that are fit for throw-away environments only. An unseal key beside its data and a stand-in for an
 * application are accepted where `strata:acceptedRisks` lists them. Data that any update may delete is never accepted. An
 * accepted risk that the stack does not take is a problem, like an unused waiver.
 */
export function checkPosture(
    environment: string,
    config: Pick<StackConfig, "vault" | "unreleased" | "protectData" | "acceptedRisks">,
): Problem[] {
    if (isThrowaway(environment)) {
        return [];
    }
    const taken: Readonly<Record<Risk, () => boolean>> = {
        "local-seal": () => opensItself(config.vault),
        "reference-app": () => config.unreleased === "reference-app",
    };
    const isRefused = (risk: Risk): boolean => taken[risk]() && !config.acceptedRisks.includes(risk);
    const checks: (() => readonly Problem[])[] = [
        () =>
            problemIf(isRefused("local-seal"), {
                key: "strata:vault.seal",
                value: '{"kind":"local"}',
                accepted: `{ kind: operators, pgpKeys, threshold } in ${environment}: a local key lies beside the data that it opens`,
                next: 'see "Opening Vault as operators" in docs/vault.md, or add local-seal to strata:acceptedRisks',
            }),
        () =>
            problemIf(isRefused("reference-app"), {
                key: "strata:unreleased",
                value: '"reference-app"',
                accepted: `refuse in ${environment}: a stand-in would run in place of an application without a release`,
                next: "promote a release of each application, or add reference-app to strata:acceptedRisks",
            }),
        () =>
            problemIf(!config.protectData, {
                key: "strata:protectData",
                value: "false",
                accepted: `true in ${environment}: without it an update can delete data`,
                next: "take the key out of the stack file",
            }),
        ...RISKS.map(
            (risk) => () =>
                problemIf(config.acceptedRisks.includes(risk) && !taken[risk](), {
                    key: "strata:acceptedRisks",
                    value: `"${risk}"`,
                    accepted: "risks that this stack takes: an unused entry would accept a later risk unseen",
                    next: `take ${risk} out of the list`,
                }),
        ),
    ];
    return checks.flatMap(asFarAsReadable);
}

function problemIf(isOne: boolean, problem: Problem): Problem[] {
    return isOne ? [problem] : [];
}

/** Compares within the product, so that a long product name does not make everything look close. */
function suggestRelease(typed: string, known: readonly string[]): string {
    const [product = "", service = ""] = typed.split("/");
    const prefix = `${product}/`;
    const siblings = known.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    return siblings.length > 0
        ? suggestion(service, siblings)
        : suggestion(product, [...new Set(known.map((name) => name.split("/")[0] ?? name))]);
}

/** The services of a product that have a release of their own. */
function releasedOf(product: string, services: Product["services"]): string[] {
    return Object.entries(services)
        .filter(([name, service]) => kindOf(service).declared?.releaseOf?.(service, name) === name)
        .map(([name]) => `${product}/${name}`);
}
