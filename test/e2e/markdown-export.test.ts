// The record of a conversation as people read it.
import { beforeAll, expect, it } from 'vitest';
import { act, appendText, createContext, reaches, refused } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { startServer } from '../support/server.js';

let api: Caller;
beforeAll(async () => void (api = caller(await startServer())));

const markdown = async (id: string, query = ''): Promise<string> => {
  const answer = await api.get<string>(`/contexts/${id}/export?format=markdown${query}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="context-${id}.md"`);
  return answer.body;
};

it('shows title, facts, who took part, and each kind of message in its way', async () => {
  const { id } = await createContext(api, {
    title: 'Leases *and* locks',
    config: { model: 'scripted/fast' },
  });
  await act(api, id, 'send_message', { content: 'What is this?\n```html\n<b>bold</b>\n```\n<script>' });
  await reaches(api, id, 'awaiting_user');
  const request = { calls: [{ id: 'c1', name: 'read </summary> file', arguments: { path: '```' } }] };
  const times = { requested_at: '2026-01-01T00:00:00Z' };
  await act(api, id, 'append_message', {
    role: 'assistant',
    payload: { kind: 'tool_request', data: { ...request, ...times, approval_status: 'approved' } },
  });
  const text = await markdown(id);
  expect(text).toMatch(/^# Leases \\\*and\\\* locks\n\n## Facts\n\n- Created: \d{4}-/);
  expect(text).toContain('- Messages: 3\n- Model: scripted/fast\n');
  expect(text).toMatch(/\n## Participants\n\n- User\n- Assistant: scripted\/fast\n/);
  expect(text).toMatch(
    /\n### User · \d{4}-\d\d-\d\d \d\d:\d\d UTC\n\n> What is this\?\n> ```html\n> <b>bold<\/b>\n> ```\n> &lt;script>\n/,
  );
  expect(text).toMatch(/\n### Assistant \(scripted\/fast\) · /);
  expect(text).toContain('<details>\n<summary>Tool call: read &lt;/summary&gt; file</summary>\n\n````json\n');
  expect(await markdown(id)).toBe(text);
});

it('has headings in a second language, and a summary, when asked', async () => {
  const { id } = await createContext(api);
  await appendText(api, id, 'Requirement: it must be fast\n- [ ] measure it\n- [ ] ship it\n决定：使用租约');
  await appendText(api, id, '- [x] measure it\n**Decision:** one writer', 'assistant');
  const text = await markdown(id, '&lang=zh,en&summary=true');
  expect(text).toMatch(/^# 无标题对话 \/ Untitled conversation\n\n## 基本信息 \/ Facts\n/);
  expect(text).toContain('\n### 需求 / Requirements\n\n- it must be fast\n');
  expect(text).toContain('\n### 决定 / Decisions\n\n- 使用租约\n- one writer\n');
  expect(text).toContain('\n### 待办事项 / Open tasks\n\n- [ ] ship it\n');
  expect(text).not.toContain('- [ ] measure it\n\n## ');
  expect(await markdown(id)).not.toContain('Requirements');
});

it('shows the branch that was asked for', async () => {
  const { id } = await createContext(api, { config: { model: 'scripted/fast' } });
  const { message_id } = await act(api, id, 'send_message', { content: 'First try' });
  await reaches(api, id, 'awaiting_user');
  await act(api, id, 'edit_message', { message_id, content: 'Second try' });
  await reaches(api, id, 'awaiting_user');
  expect(await markdown(id)).toContain('Second try');
  expect(await markdown(id, '&branch=main')).toContain('First try');
  expect(await markdown(id, '&branch=main')).not.toContain('Second try');
  expect(refused(await api.get(`/contexts/${id}/export?format=markdown&branch=nowhere`))).toBe(
    '404 branch_not_found',
  );
});
