import type * as Swagger from '@nestjs/swagger';

type Decorator = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => void;
/** What a reference to a class is in the document. */
export type PathOf = typeof Swagger.getSchemaPath;
type Decorate = (swagger: typeof Swagger) => ClassDecorator | MethodDecorator | PropertyDecorator;

const waiting: ((swagger: typeof Swagger) => void)[] = [];

/**
 * A decorator of @nestjs/swagger, which is applied once somebody makes the OpenAPI document. A server makes none, and
 * that package with what it brings along is a third of the files that its start would load.
 */
export const documented =
  (decorate: Decorate): Decorator =>
  (...decorated) => {
    waiting.push((swagger) => Reflect.apply(decorate(swagger), undefined, decorated));
  };

/** Applies what has waited, in the order of the code. To be called before a document is made. */
export async function applyDocumentation(): Promise<void> {
  const swagger = await import('@nestjs/swagger');
  for (const apply of waiting.splice(0)) apply(swagger);
}
