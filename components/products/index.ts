export { ProductServices } from "./product-services";
