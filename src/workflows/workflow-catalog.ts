import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import { StartRefused } from '../kernel/start-refused.js';
import { readWorkflow } from './definition/read-workflow.js';
import type { Workflow } from './definition/workflow-kinds.js';

const fileName = /^(?<id>[a-z0-9][a-z0-9_-]{0,63})\.ya?ml$/;

/** The workflows that there are: the YAML files of one folder, read once at the start. */
@Injectable()
export class WorkflowCatalog {
  private readonly workflows: ReadonlyMap<string, Workflow>;

  /** A file that cannot be a workflow stops the start: found out later, it would be found out by a user. */
  constructor(settings: Settings) {
    this.workflows = readFolder(settings.workflowsDir ?? join(settings.dataDir, 'workflows'), {
      isExpected: settings.workflowsDir !== undefined,
    });
  }

  /** All of them, by their ids. */
  list(): readonly Workflow[] {
    return [...this.workflows.values()];
  }

  /** `workflow_not_found` when there is none of that id. */
  get(id: string): Workflow {
    const workflow = this.workflows.get(id);
    if (!workflow) throw new DomainError('workflow_not_found', 'There is no workflow of that id.');
    return workflow;
  }
}

function readFolder(folder: string, { isExpected }: { isExpected: boolean }): Map<string, Workflow> {
  const workflows = new Map<string, Workflow>();
  for (const name of namesIn(folder, isExpected)) {
    const id = fileName.exec(name)?.groups?.['id'];
    if (id === undefined) {
      if (/\.ya?ml$/i.test(name))
        throw new StartRefused(
          `Workflow file ${name}: a name is lower-case letters, digits, - and _, at most 64.`,
        );
      continue;
    }
    if (workflows.has(id)) throw new StartRefused(`Workflow ${id} is there twice, as .yaml and as .yml.`);
    workflows.set(id, readFile(id, join(folder, name), name));
  }
  return workflows;
}

function namesIn(folder: string, isExpected: boolean): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    // A data folder that is none is refused by the storage, in its own words.
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '');
    if (isMissing && !isExpected) return [];
    throw new StartRefused(`The folder of workflows, ${folder}, cannot be read.`);
  }
}

function readFile(id: string, path: string, name: string): Workflow {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new StartRefused(`Workflow file ${name} cannot be read.`);
  }
  const reading = readWorkflow(id, text);
  if ('workflow' in reading) return reading.workflow;
  const [first] = reading.problems;
  const more = reading.problems.length > 1 ? ` (and ${reading.problems.length - 1} more)` : '';
  const where = first?.path ? `${first.path}: ` : '';
  throw new StartRefused(`Workflow file ${name} is not valid: ${where}${first?.message ?? ''}${more}`);
}
