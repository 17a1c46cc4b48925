import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The shape of a property, comparable between a TypeScript declaration and a package schema:
 * `string`, `number[]`, `{string}` for a map, `ContainerHealthcheck` for an object type.
 */
export type Shape = string;

/** Token of the provider itself, whose inputs are its configuration. */
const providerToken = "provider";

/** Inputs of a resource, from an npm SDK or from a plugin's schema. */
export interface ResourceShape {
    readonly inputs: ReadonlyMap<string, Shape>;
    readonly required: ReadonlySet<string>;
}

/** A package's resources by type token, and its object types by name. */
export interface PackageShape {
    readonly resources: ReadonlyMap<string, ResourceShape>;
    readonly types: ReadonlyMap<string, ReadonlyMap<string, Shape>>;
}

/** The parts of https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ that are compared. */
export interface PackageSchema {
    readonly provider?: ResourceSchema;
    readonly resources?: Readonly<Record<string, ResourceSchema>>;
    readonly types?: Readonly<Record<string, ObjectSchema>>;
}
interface ObjectSchema {
    readonly properties?: Properties;
    readonly requiredInputs?: readonly string[];
}
interface ResourceSchema extends ObjectSchema {
    readonly inputProperties?: Properties;
}
type Properties = Readonly<Record<string, TypeSchema>>;
interface TypeSchema {
    readonly type?: string;
    readonly $ref?: string;
    readonly items?: TypeSchema;
    readonly additionalProperties?: TypeSchema;
    readonly oneOf?: readonly TypeSchema[];
}

/**
 * Differences between a plugin's schema and the npm SDK whose programs it serves, sorted, one line for each. Empty when names and types
 * are the same as those of the published plugin.
 *
 * Resources and optional properties that only the plugin has do not count: no program can name them.
 */
export function compareSchemaWithSdk(schema: PackageSchema, sdkFolder: string): string[] {
    const plugin = shapeOfSchema(schema);
    const sdk = shapeOfSdk(sdkFolder);
    const differences: string[] = [];
    for (const [token, wanted] of sdk.resources) {
        const served = plugin.resources.get(token);
        if (served === undefined) {
            differences.push(`${token}: not served`);
            continue;
        }
        differences.push(...compareProperties(token, wanted.inputs, served.inputs));
        for (const name of served.required) {
            if (!wanted.required.has(name)) differences.push(`${token}.${name}: required`);
        }
    }
    for (const [name, wanted] of sdk.types) {
        const served = plugin.types.get(name);
        if (served !== undefined) differences.push(...compareProperties(name, wanted, served));
    }
    return differences.sort();
}

function compareProperties(
    owner: string,
    wanted: ReadonlyMap<string, Shape>,
    served: ReadonlyMap<string, Shape>,
): string[] {
    const differences: string[] = [];
    for (const [name, shape] of wanted) {
        const other = served.get(name);
        if (other === undefined) differences.push(`${owner}.${name}: not known`);
        else if (other !== shape) differences.push(`${owner}.${name}: ${other} instead of ${shape}`);
    }
    return differences;
}

/** The resource types that an npm SDK declares, sorted. */
export function sdkTypes(sdkFolder: string): string[] {
    return [...resourceFiles(sdkFolder).keys()].filter((token) => token !== providerToken).sort();
}

function shapeOfSdk(sdkFolder: string): PackageShape {
    const resources = new Map<string, ResourceShape>();
    for (const [token, file] of resourceFiles(sdkFolder)) {
        const className = token === providerToken ? "Provider" : token.slice(token.lastIndexOf(":") + 1);
        const args = interfaces(file.replace(/\.js$/, ".d.ts")).get(`${className}Args`);
        if (args) resources.set(token, args);
    }
    const types = new Map<string, ReadonlyMap<string, Shape>>();
    for (const [name, { inputs }] of interfaces(join(sdkFolder, "types", "input.d.ts"))) types.set(name, inputs);
    return { resources, types };
}

/** The compiled file of each resource class, by type token. */
function resourceFiles(sdkFolder: string): Map<string, string> {
    const files = new Map<string, string>();
    for (const entry of readdirSync(sdkFolder, { recursive: true, encoding: "utf8" })) {
        if (!entry.endsWith(".js") || entry.includes("node_modules")) continue;
        const file = join(sdkFolder, entry);
        const token = /__pulumiType = '([^']+)'/.exec(readFileSync(file, "utf8"))?.[1];
        if (token !== undefined) files.set(token.includes(":") ? token : providerToken, file); // "docker": the provider
    }
    return files;
}

/** The interfaces of a generated declaration file: each member is one line, each interface ends with its own `}`. */
function interfaces(file: string): Map<string, ResourceShape> {
    const found = new Map<string, ResourceShape>();
    let text: string;
    try {
        // Only map types are written over several lines.
        text = readFileSync(file, "utf8").replace(/\{\s*(\[key: string\]: [^;]+);\s*\}/g, "{$1}");
    } catch {
        return found; // a package without object types has no such file
    }
    for (const [, , name = "", body = ""] of text.matchAll(/^( *)export interface (\w+) \{\n([\s\S]*?)^\1\}/gm)) {
        const inputs = new Map<string, Shape>();
        const required = new Set<string>();
        for (const [, member = "", optional, type = ""] of body.matchAll(/^ +(\w+)(\??): (.+);$/gm)) {
            inputs.set(member, shapeOfDeclaration(type));
            if (optional === "") required.add(member);
        }
        found.set(name, { inputs, required });
    }
    return found;
}

function shapeOfDeclaration(type: string): Shape {
    const text = type.trim().replace(/ \| undefined$/, "");
    const wrapped = /^pulumi\.Input<(.+)>(\[\])?$/.exec(text);
    if (wrapped?.[1] !== undefined && balanced(wrapped[1])) {
        return shapeOfDeclaration(wrapped[1]) + (wrapped[2] ?? "");
    }
    if (text.endsWith("[]")) return `${shapeOfDeclaration(text.slice(0, -2))}[]`;
    const map = /^\{\[key: string\]: (.+)\}$/.exec(text)?.[1];
    if (map !== undefined) return `{${shapeOfDeclaration(map)}}`;
    if (text.includes(" | ")) return text.split(" | ").map(shapeOfDeclaration).sort().join("|");
    return text.slice(text.lastIndexOf(".") + 1);
}

/** Whether all brackets of a text close within it, so that it is one type argument. */
function balanced(text: string): boolean {
    let depth = 0;
    for (const character of text) {
        if (character === "<") depth++;
        if (character === ">" && --depth < 0) return false;
    }
    return depth === 0;
}

function shapeOfSchema(schema: PackageSchema): PackageShape {
    const resources = new Map<string, ResourceShape>();
    for (const [token, resource] of Object.entries({ [providerToken]: schema.provider ?? {}, ...schema.resources })) {
        resources.set(token, {
            inputs: shapesOf(resource.inputProperties ?? {}),
            required: new Set(resource.requiredInputs),
        });
    }
    const types = new Map<string, ReadonlyMap<string, Shape>>();
    for (const [token, { properties }] of Object.entries(schema.types ?? {})) {
        if (properties) types.set(token.slice(token.lastIndexOf(":") + 1), shapesOf(properties));
    }
    return { resources, types };
}

function shapesOf(properties: Properties): Map<string, Shape> {
    return new Map(Object.entries(properties).map(([name, type]) => [name, shapeOfType(type)]));
}

function shapeOfType(type: TypeSchema): Shape {
    if (type.oneOf) return type.oneOf.map(shapeOfType).sort().join("|");
    if (type.$ref !== undefined) return /[^:/]+$/.exec(type.$ref)?.[0].replace(/^Any$/, "any") ?? type.$ref;
    if (type.type === "array") return `${shapeOfType(type.items ?? {})}[]`;
    if (type.type === "object") return `{${shapeOfType(type.additionalProperties ?? { type: "string" })}}`;
    return type.type === "integer" ? "number" : (type.type ?? "any");
}
