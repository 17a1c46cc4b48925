/** Images that only the tests run: an S3 server for states that operators share, and a registry. */
export const TEST_IMAGES = ["versitygw", "crane"] as const;

/** The images for stacks and their proof, in the order in which they are made. */
export const STACK_IMAGES = [
    "base",
    "postgres",
    "redis",
    "reference-app",
    "probe",
    "traefik",
    "vault",
    "oauth2-proxy",
    "keycloak",
] as const;

/** All images that are made on the spot. */
export const IMAGE_NAMES = [...STACK_IMAGES, ...TEST_IMAGES] as const;

export type ImageName = (typeof IMAGE_NAMES)[number];

/** A Go program that is compiled on the machine and copied into the image under the image's name. */
export interface GoProgram {
    /** Import path of its `main` package, or `.` for a program in the image's own folder. */
    readonly package: string;
    /** Variables the linker sets, such as the version that the program reports. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Build tags. @default none */
    readonly tags?: readonly string[];
    /**
     * Modules that are built from a copy, by folder of the copy: `modules/<name>`, to which `replace` in go.mod leads.
     * The image's folder of that name holds the few files that differ from the module's own.
     * @default none
     */
    readonly copies?: Readonly<Record<string, ModuleCopy>>;
}

/** A module of which some files are replaced by ours: a short list in place of one of every vendor. */
export interface ModuleCopy {
    /** `path@version`, as in go.mod. */
    readonly module: string;
    /** `h1:…` as in a go.sum; go.sum itself has no line for a module that is replaced by a folder. */
    readonly sum: string;
}

/** A file of the Maven repository that goes into the build context under the image's name. */
export interface MavenArchive {
    /** `group:artifact:version:type`. */
    readonly artifact: string;
    /** Hex digest: the repository is reached through whatever mirror Maven is configured with. */
    readonly sha256: string;
}

/** What a folder of `offline/images/` becomes an image with. The rest is in the folder's Dockerfile. */
export interface ImageRecipe {
    /** Whether the Dockerfile names the base image, and so needs it first. */
    readonly fromBase: boolean;
    /** Whether the Dockerfile installs Debian packages, and so needs to know where this machine gets them. */
    readonly debianPackages: boolean;
    readonly program?: GoProgram;
    readonly archive?: MavenArchive;
}

/** Everything except `base`, which no Dockerfile makes. */
export const RECIPES: Readonly<Record<Exclude<ImageName, "base">, ImageRecipe>> = {
    postgres: { fromBase: true, debianPackages: true },
    redis: { fromBase: true, debianPackages: true },
    "reference-app": { fromBase: true, debianPackages: false, program: { package: "." } },
    probe: { fromBase: false, debianPackages: false, program: { package: "." } },
    traefik: {
        fromBase: true,
        debianPackages: false,
        program: {
            package: "github.com/traefik/traefik/v3/cmd/traefik",
            variables: { "github.com/traefik/traefik/v3/pkg/version.Version": "3.7.13" },
            copies: {
                "modules/lego": {
                    module: "github.com/go-acme/lego/v5@v5.4.1",
                    sum: "h1:Jt6xAP9xQrJ3SLLGgxejfDDd3pzdrmuLCWe4oTqHHQc=",
                },
            },
        },
    },
    vault: {
        fromBase: true,
        debianPackages: true,
        program: {
            package: "github.com/hashicorp/vault",
            tags: ["minimal"],
            copies: {
                "modules/vault": {
                    module: "github.com/hashicorp/vault@v1.21.1",
                    sum: "h1:4bYxh55jSitPOs5+iPshEdDhBLeXCm6BjGDIV1vYzys=",
                },
                "modules/go-discover": {
                    module: "github.com/hashicorp/go-discover@v1.1.1-0.20250922102917-55e5010ad859",
                    sum: "h1:CYvtQfS6WBZdva446zuZEpHxDfI3GTenOM4SCmGWUR8=",
                },
            },
        },
    },
    "oauth2-proxy": {
        fromBase: true,
        debianPackages: true,
        program: {
            package: "github.com/oauth2-proxy/oauth2-proxy/v7",
            variables: { "github.com/oauth2-proxy/oauth2-proxy/v7/pkg/version.VERSION": "v7.8.1" },
        },
    },
    versitygw: {
        fromBase: false,
        debianPackages: false,
        program: { package: "github.com/versity/versitygw/cmd/versitygw" },
    },
    crane: {
        fromBase: false,
        debianPackages: false,
        program: { package: "github.com/google/go-containerregistry/cmd/crane" },
    },
    keycloak: {
        fromBase: true,
        debianPackages: true,
        archive: {
            // The newest one that the Keycloak plugin of `offline/plugins` was seen working with.
            artifact: "org.keycloak:keycloak-quarkus-dist:26.5.5:zip",
            sha256: "5cd606f5e23ff77d9991ce55bab4a2ea529f05f7e16e24c1f270c6f360b50988",
        },
    },
};

/** Images that a stack can name and that nothing here makes, with the reason. */
export const NOT_MADE: Readonly<Record<string, string>> = {
    openbao: "OpenBao cannot be built from Go modules: the proxy serves none of its server's",
};

/** Folder of an image's folder that holds the files of {@link GoProgram.copies}. */
export const MODULE_COPIES = "modules";

/** Debian release of the base image. */
export const DEBIAN_RELEASE = "trixie";

/** Files that the Go compiler reads; everything else of an image's folder goes into the build context. */
export function isGoSource(file: string): boolean {
    return file.endsWith(".go") || file === "go.mod" || file === "go.sum";
}
