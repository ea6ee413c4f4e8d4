import { Module } from '@nestjs/common';
import { ModelRegistry } from './model-registry.js';

@Module({ providers: [ModelRegistry], exports: [ModelRegistry] })
export class ProvidersModule {}
