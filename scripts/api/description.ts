/** The OpenAPI document of a product, from its contracts alone. */
import { loadProductActions, loadProductAnswers } from '#schemas/load.ts';
import { loadProducts, VERSION } from '../../product.ts';
import { openApiDocument } from '../../services/gateway/openapi/document.ts';

/** As `/openapi.json` serves it. Throws where there is no such product. */
export async function descriptionOf(name: string): Promise<object> {
  const product = (await loadProducts()).get(name);
  if (product === undefined) throw new Error(`products/${name}.ts is missing`);
  const document = openApiDocument({
    title: product.title,
    introduction: product.introduction,
    version: VERSION,
    contracts: await loadProductActions(product),
    answers: await loadProductAnswers(product),
  });
  return JSON.parse(JSON.stringify(document));
}
