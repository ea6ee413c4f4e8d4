import { Component } from '../../http/fields.js';
import { instructionFields } from './instruction-fields.js';

const abouts = {
  mode: 'The mode of work, instead of the context’s.',
  system_prompt: 'Sent to the model before everything else, instead of the context’s.',
  system_prompt_id: 'Names a stored system prompt, instead of the context’s.',
};

@Component({ name: 'BranchConfig', about: 'What a branch has otherwise than its context.' })
export class BranchConfigFields extends instructionFields(false, abouts) {}

@Component({
  name: 'BranchConfigPatch',
  about: 'What a branch is to have otherwise than its context. A value sets, null removes, absence leaves.',
})
export class BranchConfigPatchFields extends instructionFields(true, abouts) {}
