export { ProductApplications } from "./applications";
export { ProductStores } from "./stores";
