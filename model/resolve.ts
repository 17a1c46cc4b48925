/** Resolves products and configuration into a checked platform. */

import type { Draft } from "../components/layer";
import { LAYERS } from "../components/layers";
import { checkBase } from "./address-plan";
import { checkClaims } from "./claims";
import { layerClaims, productWords } from "./claims/layers";
import { nameClaim, productClaims } from "./claims/products";
import { checkPlatform } from "./check-platform";
import { checkProduct } from "./check-product";
import { checkEngine, checkEnvironment, checkPosture, checkReleases } from "./check-stack";
import { extended } from "./draft";
import { productFlows } from "./flows";
import { PLATFORM, type Platform, type Service } from "./platform";
import { ConfigurationError, type Problem } from "./problems";
import type { Product } from "./product";
import { formOfEntry } from "./product-faults";
import { productServices, productZones } from "./product-services";
import { checkSecrets } from "./secrets/resolve";
import { type SelectedProduct, selectProducts } from "./selection";
import type { StackConfig } from "./stack-config";
import { asFarAsReadable, Unreadable } from "./unreadable";
import { startOrder } from "./start-order";
import { usersOf } from "./users";

/** The input of the resolution. */
export interface ResolveInput {
    /** The stack's name: lower-case letters, digits and dashes, at most 20 characters. */
    readonly environment: string;
    readonly config: StackConfig;
    /** All products that exist; the configuration says which of them run. */
    readonly products: readonly Product[];
}

/**
 * Resolves the platform and checks it: addresses do not overlap, the ends of every declared call share a zone, no two
 * services meet in a zone unless that is declared, data zones hold stores and their clients, only the edge publishes ports,
 * and there is an order to start in. Services are in that order.
 *
 * @throws {@link ConfigurationError} with every problem of configuration and products together
 */
export function resolvePlatform(input: ResolveInput): Platform {
    const { environment, config } = input;
    refuseUnreadableProducts(input);
    const { selected, problems } = chosenProducts(input);
    const services = selected.flatMap((product) => productServices(environment, config, product));
    const calls = selected.map((product) => productFlows(product, services));
    const draft = LAYERS.reduce<Draft>((before, layer) => extended(before, layer.contribute(before)), {
        environment,
        config,
        products: selected,
        zones: selected.flatMap((product) => productZones(product, config.addressBase)),
        services,
        flows: calls.flatMap(({ flows }) => flows),
        additions: [],
        entryPoints: [],
        secrets: [],
        databases: [],
        problems: [],
    });
    const platform: Platform = {
        environment,
        domain: config.domain,
        products: selected.map(({ product }) => product.name),
        zones: ownFirst(draft.zones),
        services: ownFirst(draft.services),
        flows: draft.flows,
        ...(draft.realm && { realm: draft.realm }),
        secrets: draft.secrets,
    };
    problems.push(
        ...declarationChecks(input, () => selected).flatMap((check) => check()),
        ...calls.flatMap((result) => result.problems),
        ...draft.problems,
        ...checkClaims([...layerClaims(platform), ...productClaims(platform, selected)]),
        ...checkPlatform(platform),
    );
    const order = orderOf(platform.services, problems);
    if (problems.length > 0) {
        throw new ConfigurationError(`stack "${environment}"`, problems);
    }
    return { ...platform, services: order, users: usersOf(environment, order) };
}

/**
 * The platform of a stack: {@link resolvePlatform}, and the checks for environments that are not throw-away.
 *
 * @throws {@link ConfigurationError} with every problem of both
 */
export function resolveStack(input: ResolveInput): Platform {
    const careless = carelessness(input);
    try {
        const platform = resolvePlatform(input);
        if (careless.length === 0) return platform;
    } catch (error) {
        if (!(error instanceof ConfigurationError) || careless.length === 0) throw error;
        throw new ConfigurationError(`stack "${input.environment}"`, [...careless, ...error.problems]);
    }
    throw new ConfigurationError(`stack "${input.environment}"`, careless);
}

/**
 * The problems of a stack of which some settings are unreadable. When the platform cannot be resolved without those
 * settings, each check runs as far as it can.
 */
export function stackProblems(input: ResolveInput): Problem[] {
    const careless = carelessness(input);
    try {
        resolvePlatform(input);
        return careless;
    } catch (error) {
        if (error instanceof ConfigurationError) return [...careless, ...error.problems];
        if (!(error instanceof Unreadable)) throw error;
    }
    const chosen = (): Chosen => chosenProducts(input);
    const checks = [
        () => chosen().problems,
        ...declarationChecks(input, () => chosen().selected),
        () => chosen().selected.flatMap((product) => productFlows(product, []).problems),
    ];
    return [...careless, ...checks.flatMap(asFarAsReadable)];
}

/**
 * Throws when the form of a product is unreadable, with the problems of its form, of the stack itself and of each other
 * product by itself. Checks that compare products are skipped: they would report what the unreadable product only seems to
 * lack.
 */
function refuseUnreadableProducts(input: ResolveInput): void {
    const { environment, config, products } = input;
    const forms = products.map((product, index) => ({ product, ...formOfEntry(product, index) }));
    const unreadable = forms.filter(({ isReadable }) => !isReadable);
    if (unreadable.length === 0) return;
    const others = forms.filter(({ isReadable }) => isReadable).map(({ product }) => product);
    const checks = [
        () => unreadable.flatMap(({ problems }) => problems),
        ...stackChecks(input),
        () =>
            others
                .filter(({ name }) => config.products.some((selection) => selection.name === name))
                .flatMap((product) => checkProduct(product, config.identity?.keycloak !== undefined)),
    ];
    throw new ConfigurationError(`stack "${environment}"`, checks.flatMap(asFarAsReadable));
}

/** Problems of settings that only a throw-away environment may have. */
function carelessness({ environment, config }: ResolveInput): Problem[] {
    return checkPosture(environment, config);
}

interface Chosen {
    readonly selected: SelectedProduct[];
    readonly problems: Problem[];
}

/**
 * Selects the products that run. A product whose name is a word of the platform is reported and left out, because it would
 * conflict with everything else.
 */
function chosenProducts({ config, products }: ResolveInput): Chosen {
    const { selected: wanted, problems } = selectProducts(products, config.products);
    const takesWord = wanted.map(({ product }) => checkClaims([...productWords(), nameClaim(product)]));
    return {
        selected: wanted.filter((_, index) => takesWord[index]?.length === 0),
        problems: [...problems, ...takesWord.flat()],
    };
}

/** Checks of a stack that do not depend on its products. */
function stackChecks({ environment, config }: ResolveInput): (() => readonly Problem[])[] {
    return [
        () => checkEnvironment(environment),
        () => checkEngine(config),
        () => checkBase(environment, config.addressBase),
    ];
}

/** Checks of declarations that need no resolved platform. */
function declarationChecks(
    input: ResolveInput,
    selected: () => readonly SelectedProduct[],
): (() => readonly Problem[])[] {
    const { config, products } = input;
    return [
        ...stackChecks(input),
        () => checkReleases(config, products, selected()),
        () => selected().flatMap(({ product }) => checkProduct(product, config.identity?.keycloak !== undefined)),
        () =>
            checkSecrets(
                selected().map(({ product }) => product),
                products,
            ),
        ...LAYERS.map((layer) => () => layer.check?.(config, selected()) ?? []),
    ];
}

/** The platform's own entries before the products'. */
function ownFirst<T extends { readonly product: string }>(all: readonly T[]): T[] {
    const [own, others] = [
        all.filter(({ product }) => product === PLATFORM),
        all.filter(({ product }) => product !== PLATFORM),
    ];
    return [...own, ...others];
}

function orderOf(services: readonly Service[], problems: Problem[]): Service[] {
    const result = startOrder(services);
    if ("cycle" in result) {
        const [first] = result.cycle;
        problems.push({
            key: `${first} start order`,
            value: result.cycle.join(" -> "),
            accepted: "an order in which each service starts after those it calls",
            next: "name one of these calls in `startsBefore` of the service that can start without the other",
        });
        return [];
    }
    return result.order.flatMap((name) => services.filter((service) => service.name === name));
}
