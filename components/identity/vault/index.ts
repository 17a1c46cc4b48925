export { VaultConfiguration, type VaultOutputs } from "./configuration";
